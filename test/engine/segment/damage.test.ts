/** Cut and changed archives: what a reader yields is either what was written, or an error. */
import { describe, expect, test } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import { bodyOf, busRecords, open, readEncoded, rsaRecipient, seededRandom, writeSegment } from './support';

const REFUSALS = ['ARCHIVE_DAMAGED', 'NOT_AN_ARCHIVE', 'ARCHIVE_UNKNOWN_VERSION', 'ARCHIVE_LIMIT', 'KEY_WRONG'];

const KINDS = [
  { title: 'zstd', choices: { codec: 'zstd' }, encrypted: false },
  { title: 'gzip', choices: { codec: 'gzip' }, encrypted: false },
  { title: 'zstd, encrypted', choices: { codec: 'zstd', recipients: [rsaRecipient] }, encrypted: true },
  { title: 'gzip, encrypted', choices: { codec: 'gzip', recipients: [rsaRecipient] }, encrypted: true },
  { title: 'none, encrypted', choices: { codec: 'none', recipients: [rsaRecipient] }, encrypted: true },
] as const;

async function original(choices: (typeof KINDS)[number]['choices']) {
  const body = bodyOf(await writeSegment(busRecords(120), { ...choices, blockBytes: 2048 }));
  return { body, encoded: await readEncoded(await open(body)) };
}

/** The lines it yields in all, and whether it vouches for them; or the code of the refusal. */
async function attempt(body: Buffer): Promise<{ encoded: string; vouched: boolean } | { code: string }> {
  try {
    const reader = await open(body);
    const lines: number[] = [];
    for await (const each of reader.lines()) lines.push(each.length);
    return { encoded: await readEncoded(reader), vouched: reader.indexed || reader.encrypted };
  } catch (thrown) {
    if (thrown instanceof PermafrostError) return { code: thrown.code };
    throw thrown;
  }
}

describe.each(KINDS)('$title', ({ choices, encrypted }) => {
  test('cut anywhere, it is refused, or yields whole blocks of the beginning and vouches for nothing', async () => {
    const { body, encoded } = await original(choices);
    const step = Math.max(1, Math.floor(body.length / 400));
    for (let length = body.length - 1; length >= 0; length -= length > body.length - 200 ? 1 : step) {
      const result = await attempt(body.subarray(0, length));
      if ('code' in result) {
        expect(REFUSALS).toContain(result.code);
      } else {
        expect(encrypted && length > 0, `cut to ${length}`).toBe(false);
        expect(result.vouched).toBe(false);
        expect(encoded.startsWith(result.encoded)).toBe(true);
      }
    }
  });

  test('with any bit changed, it is refused', async () => {
    const { body } = await original(choices);
    const random = seededRandom(7);
    for (let round = 0; round < 500; round += 1) {
      const changed = Buffer.from(body);
      const at = Math.floor(random() * body.length);
      changed[at]! ^= 1 << Math.floor(random() * 8);
      const result = await attempt(changed);
      expect('code' in result ? REFUSALS.includes(result.code) : `byte ${at}`).toBe(true);
    }
  });

  test('with bytes added or doubled, it is refused', async () => {
    const { body } = await original(choices);
    for (const changed of [
      Buffer.concat([body, Buffer.alloc(1)]),
      Buffer.concat([body, body]),
      Buffer.concat([Buffer.alloc(1), body]),
    ]) {
      expect(await attempt(changed)).toHaveProperty('code');
    }
  });
});

test('without compression and encryption only the structure can be checked: a cut line is refused', async () => {
  const body = bodyOf(await writeSegment(busRecords(20), { codec: 'none' }));
  expect(await attempt(body.subarray(0, -1))).toEqual({ code: 'ARCHIVE_DAMAGED' });
  expect(await attempt(body)).toMatchObject({ vouched: false });
});

test('two archives mixed by blocks are refused', async () => {
  const choices = { codec: 'zstd', blockBytes: 2048 } as const;
  const one = bodyOf(await writeSegment(busRecords(60), choices));
  const other = bodyOf(await writeSegment(busRecords(60, 101), choices));
  const { blocks } = await open(one);
  const mixed = Buffer.from(one);
  other.copy(mixed, 0, 0, blocks[0]!.compressedBytes);
  expect(await attempt(mixed)).toEqual({ code: 'ARCHIVE_DAMAGED' });
});
