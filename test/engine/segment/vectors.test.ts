/** The golden archives: what an older Permafrost wrote is read for ever. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeCorrupt, encodeRecord } from '../../../electron/engine/segment/lines';
import { open, readEncoded, readLines, rsaIdentity, START, VECTORS, viewOf, x25519Identity } from './support';

const folder = path.join(VECTORS, 'v1');
const expected = readFileSync(path.join(folder, 'expected.jsonl'), 'utf8');
const names = readdirSync(folder);
const archives = names.filter((name) => name.startsWith('records'));
const gaps = names.filter((name) => name.startsWith('gap'));

test('there is one for each codec, encrypted and not', () => {
  expect([archives.length, gaps.length]).toEqual([6, 6]);
});

describe.each(archives)('%s', (name) => {
  const body = readFileSync(path.join(folder, name));

  test.each([rsaIdentity, x25519Identity])('gives the very lines, opened with $fingerprint', async (identity) => {
    const reader = await open(body, [identity]);
    expect(await readEncoded(reader)).toBe(expected);
    expect(reader.encrypted).toBe(name.endsWith('.age'));
  });

  test('gives records whose lines are the same again', async () => {
    const target = Buffer.alloc(64 * 1024);
    let at = 0;
    for (const line of await readLines(await open(body))) {
      at = line.kind === 'corrupt' ? encodeCorrupt(line, target, at) : encodeRecord(viewOf(line), target, at);
    }
    expect(target.toString('utf8', 0, at)).toBe(expected);
  });

  test('says what it is, unless it was written without a codec', async () => {
    const { identity, blocks } = await open(body);
    if (name.startsWith('records.jsonl.gz') || name.startsWith('records.jsonl.zst')) {
      const nextOffset = 9_007_199_254_741_000n;
      expect(identity).toEqual({ ...START, formatVersion: 1, nextOffset, records: 12, gap: null });
      expect(blocks.length).toBeGreaterThan(3);
    } else expect(identity).toBeNull();
  });
});

test.each(gaps)('%s holds no line and says why', async (name) => {
  const reader = await open(readFileSync(path.join(folder, name)));
  expect(await readEncoded(reader)).toBe('');
  const identity = { ...START, formatVersion: 1, nextOffset: 250n, records: 0, gap: 'before-start' };
  expect(reader.identity).toEqual(/\.(gz|zst)/.test(name) ? identity : null);
});
