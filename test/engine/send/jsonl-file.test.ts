import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openJsonlFile, type JsonlFile, type JsonlOptions } from '../../../electron/engine/send/jsonl-file';
import type { OutgoingRecord } from '../../../electron/engine/send/producer-port';

async function fileWith(content: string | Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'permafrost-jsonl-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'messages.jsonl');
  await writeFile(path, content);
  return path;
}

async function openContent(content: string | Buffer, options: JsonlOptions = {}): Promise<JsonlFile> {
  const file = await openJsonlFile(await fileWith(content), options);
  onTestFinished(() => file.close());
  return file;
}

async function readAll(file: JsonlFile, maxRecords = 100, maxBytes = 1 << 20): Promise<OutgoingRecord[]> {
  const records: OutgoingRecord[] = [];
  for (;;) {
    const batch = await file.next(maxRecords, maxBytes);
    if (batch.length === 0) return records;
    records.push(...batch);
  }
}

async function valuesOf(content: string | Buffer): Promise<string[]> {
  return (await readAll(await openContent(content))).map(({ value }) => String(value));
}

describe('a JSONL file to send', () => {
  test('gives its lines byte for byte', async () => {
    const lines = ['{"a":  1.50}', '{"text": "\\u00e9 é 🚌"}', '[1, 2]', '"word"'];

    expect(await valuesOf(lines.join('\n') + '\n')).toEqual(lines);
  });

  test('may lack the last line end, use CRLF, and end in blank lines', async () => {
    expect(await valuesOf('{"a":1}\n{"b":2}')).toEqual(['{"a":1}', '{"b":2}']);
    expect(await valuesOf('{"a":1}\r\n{"b":2}\r\n')).toEqual(['{"a":1}', '{"b":2}']);
    expect(await valuesOf('{"a":1}\n\n  \r\n')).toEqual(['{"a":1}']);
  });

  test('knows its messages and its size before anything is sent', async () => {
    const file = await openContent('{"a":1}\n{"b":2}\n');

    expect(file.messages).toBe(2);
    expect(file.bytes).toBe(16);
  });

  test('takes the key from VEHICLE_ID, or from the field that was named', async () => {
    const content =
      '{"VEHICLE_ID": 3005, "line": "72"}\n{"VEHICLE_ID": "x7"}\n{"VEHICLE_ID": 1.5}\n{"other": 1}\n[3005]\n';
    const keys = async (options: JsonlOptions): Promise<(string | null)[]> =>
      (await readAll(await openContent(content, options))).map(({ key }) => key?.toString() ?? null);

    expect(await keys({})).toEqual(['3005', 'x7', null, null, null]);
    expect(await keys({ keyField: 'line' })).toEqual(['72', null, null, null, null]);
    expect(await keys({ keyField: 'toString' })).toEqual([null, null, null, null, null]);
  });

  test('cuts batches at a number of records and at a number of bytes', async () => {
    const content = Array.from({ length: 10 }, (_, index) => `{"n": ${index}, "p": "${'x'.repeat(83)}"}`).join('\n');
    const sizes = async (maxRecords: number, maxBytes: number): Promise<number[]> => {
      const file = await openContent(content);
      const found: number[] = [];
      for (;;) {
        const { length } = await file.next(maxRecords, maxBytes);
        if (length === 0) return found;
        found.push(length);
      }
    };

    expect(await sizes(4, 1 << 20)).toEqual([4, 4, 2]);
    expect(await sizes(100, 400)).toEqual([4, 4, 2]);
    expect(await sizes(100, 1)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  test('reads lines that lie across the pieces it is read in', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => JSON.stringify({ index, p: 'é'.repeat(5_000 + index) }));

    expect(await valuesOf(lines.join('\r\n'))).toEqual(lines);
  });

  test.each([
    ['JSON that is broken', '{"a":1}\n{"b":2}\n{"c":}\n{"d":4}\n', 3, /not valid JSON/],
    ['a line that was cut off', '{"a":1}\n{"b":', 2, /not valid JSON/],
    ['bytes that are not UTF-8', Buffer.from('{"a":1}\n{"b":"\xff"}\n', 'latin1'), 2, /UTF-8/],
    ['a blank line between messages', '{"a":1}\n\n{"c":3}\n', 2, /is empty/],
    ['a byte order mark', '\ufeff{"a":1}\n', 1, /byte order mark/],
    ['a constant that only Python writes', '{"a": NaN}\n', 1, /not valid JSON/],
  ])('is refused for %s, naming the line', async (_what, content, line, reason) => {
    const opening = openJsonlFile(await fileWith(content));

    await expect(opening).rejects.toMatchObject({ code: 'FILE_LINE_INVALID', context: { line } });
    await expect(opening).rejects.toThrow(reason);
    await expect(opening).rejects.toThrow('Nothing was sent');
  });

  test('is refused for a line that is too long, whether or not it ends', async () => {
    const long = `{"a": "${'x'.repeat(5_000_000)}"}`;

    for (const content of [`{}\n${long}\n`, `{}\n${long}`]) {
      await expect(openJsonlFile(await fileWith(content), { maxLineBytes: 4_000_000 })).rejects.toMatchObject({
        code: 'FILE_LINE_INVALID',
        context: { line: 2 },
      });
    }
  });

  test('takes a line of exactly the longest length', async () => {
    const file = await openContent(`"${'x'.repeat(98)}"\r\n`, { maxLineBytes: 100 });

    expect(file.messages).toBe(1);
  });

  test.each([
    ['empty', ''],
    ['blank', '\n \n'],
  ])('is refused when it is %s', async (_what, content) => {
    await expect(openJsonlFile(await fileWith(content))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('is refused when it is missing, or a folder', async () => {
    const path = await fileWith('{}');

    await expect(openJsonlFile(`${path}.missing`)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(openJsonlFile(join(path, '..'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('is refused when it changes after it was checked', async () => {
    const path = await fileWith('{"a":1}\n');
    const file = await openJsonlFile(path);
    onTestFinished(() => file.close());

    await appendFile(path, '{"b":2}\n');

    await expect(file.next(10, 1000)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('tells how far the check is, and ends it when cancelled', async () => {
    const content = `{"a": "${'x'.repeat(100)}"}\n`.repeat(30_000);
    const controller = new AbortController();
    const checked: number[] = [];
    const opening = openJsonlFile(await fileWith(content), {
      signal: controller.signal,
      onChecked: (bytes, all) => {
        expect(all).toBe(content.length);
        if (checked.push(bytes) === 2) controller.abort();
      },
    });

    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(checked).toHaveLength(2);
    expect(checked[1]).toBeGreaterThan(checked[0]!);
  });
});
