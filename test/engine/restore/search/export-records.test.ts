import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFilePreview } from '../../../../electron/engine/restore/preview';
import { csvLine, exportRecords } from '../../../../electron/engine/restore/search/export-records';
import { EVERY_RECORD } from '../../../../shared/model/search';
import { makeFolder, writeSegment } from '../support';
import { writeFile } from 'node:fs/promises';

const record = { kind: 'record', offset: 7n, timestamp: 1_671_494_400_000n, key: null, headers: [] } as const;

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "x"\n', '"say ""x""\n"'],
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['-2+cmd', "'-2+cmd"],
  ['-12.5', '-12.5'],
  ['\t=1', "'\t=1"],
])('the value %j is no formula in CSV', (value, field) => {
  expect(csvLine({ ...record, value: Buffer.from(value) })).toBe(
    `7,1671494400000,2022-12-20T00:00:00.000Z,,${field},\r\n`,
  );
});

test('bytes that are no text, headers, missing times and corrupt batches have their place in CSV', () => {
  const headers = [[Buffer.from('a'), Buffer.from([0xff])]] as const;

  expect(csvLine({ ...record, timestamp: -1n, value: Buffer.from([0xff]), headers })).toBe(
    '7,-1,,,base64:/w==,a=base64:/w==\r\n',
  );
  expect(csvLine({ kind: 'corrupt', offset: 3n, lastOffset: 5n, bytes: Buffer.alloc(1) })).toBe(
    '3,,,,corrupt batch to offset 5,\r\n',
  );
});

test('what a filter takes is saved as it stands in the archive; a cancelled export leaves no file', async () => {
  const folder = await makeFolder();
  const source = join(await makeFolder(), 'a.jsonl.zst');
  const values = ['one', 'two', 'three'].map((text) => Buffer.from(text));
  await writeFile(source, Buffer.concat((await writeSegment({ values })).body));
  const preview = await openFilePreview(source, []);
  const options = { form: 'jsonl', target: join(folder, 'out.jsonl'), onProgress: () => undefined } as const;
  const filter = { ...EVERY_RECORD, text: 't' };

  const cancelled = exportRecords({ ...options, blocks: preview.scan(filter), signal: AbortSignal.abort() });
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await readdir(folder)).toEqual([]);
  const { signal } = new AbortController();
  const { path, records } = await exportRecords({ ...options, blocks: preview.scan(filter), signal });
  preview.close();

  expect(records).toBe(2);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { value: string }).value)).toEqual(['two', 'three']);
});
