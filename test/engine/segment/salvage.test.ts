/** Damaged archives give back what still holds: never a line that was not written, never fewer than the untouched blocks. */
import { describe, expect, test } from 'vitest';
import { openBytes } from '../../../electron/engine/segment/segment-reader';
import { salvageSegment, type SalvagedBlock } from '../../../electron/engine/segment/salvage/salvage';
import {
  bodyOf,
  busRecords,
  open,
  readEncoded,
  rsaIdentity,
  rsaRecipient,
  seededRandom,
  writeSegment,
} from './support';

const RECORDS = 600;
const KINDS = [
  { title: 'zstd', choices: { codec: 'zstd' } },
  { title: 'gzip', choices: { codec: 'gzip' } },
  { title: 'zstd, encrypted', choices: { codec: 'zstd', recipients: [rsaRecipient] } },
  { title: 'gzip, encrypted', choices: { codec: 'gzip', recipients: [rsaRecipient] } },
  { title: 'none, encrypted', choices: { codec: 'none', recipients: [rsaRecipient] } },
] as const;

async function original({ choices }: (typeof KINDS)[number], count = RECORDS) {
  const body = bodyOf(await writeSegment(busRecords(count), { ...choices, blockBytes: 2048 }));
  return { body, lines: linesOf(await readEncoded(await open(body))) };
}

async function salvaged(body: Buffer, codec: 'none' | 'gzip' | 'zstd' | null = null) {
  const salvage = await salvageSegment(openBytes(body), [rsaIdentity], codec);
  const blocks: (SalvagedBlock | null)[] = [];
  for await (const block of salvage.blocks()) blocks.push(block);
  return { salvage, blocks, lines: blocks.flatMap((block) => linesOf(block?.encoded.toString() ?? '')) };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** What was salvaged is some of what was written, in its order. */
function expectSome(lines: readonly string[], written: readonly string[]): void {
  let at = -1;
  for (const line of lines) {
    const next = written.indexOf(line, at + 1);
    expect(next, line).toBeGreaterThan(at);
    at = next;
  }
}

describe.each(KINDS)('$title', (kind) => {
  test('a whole one gives everything, and says that nothing is lost', async () => {
    const { body, lines } = await original(kind);
    const all = await salvaged(body);
    expect(all.lines).toEqual(lines);
    expect(all.blocks).not.toContain(null);
    expect(all.salvage.identity === null).toBe(kind.choices.codec === 'none');
  });

  test('cut anywhere, it gives the blocks in front of the cut', async () => {
    const { body, lines } = await original(kind);
    for (const share of [0.2, 0.5, 0.8, 0.97]) {
      const cut = body.subarray(0, Math.floor(body.length * share));
      const some = await salvaged(cut, kind.choices.codec);
      expect(lines.slice(0, some.lines.length)).toEqual(some.lines);
      expect(some.salvage.identity).toBeNull();
      expect(some.blocks.at(-1)).toBeNull();
    }
  });

  test('with bits changed, it gives nothing that was not written', async () => {
    const { body, lines } = await original(kind);
    const random = seededRandom(11);
    for (let round = 0; round < 60; round += 1) {
      const changed = Buffer.from(body);
      const from = 'recipients' in kind.choices ? 1000 : 0; // behind the header of age: without it there is no key
      const at = from + Math.floor(random() * (body.length - from));
      changed[at]! ^= 1 << Math.floor(random() * 8);
      expectSome((await salvaged(changed, kind.choices.codec)).lines, lines);
    }
  });
});

test('a changed block is lost, all others are there, and where it was shows', async () => {
  const { body, lines } = await original(KINDS[0]);
  const { blocks } = await open(body);
  const changed = Buffer.from(body);
  changed[blocks[0]!.compressedBytes + blocks[1]!.compressedBytes + 20]! ^= 1; // the third
  const some = await salvaged(changed);
  expect(some.lines).toHaveLength(lines.length - blocks[2]!.records);
  expect(some.blocks.indexOf(null)).toBe(2);
  expect(some.blocks.lastIndexOf(null)).toBe(2);
  expect(some.salvage.identity?.topic).toBe('bus');
});

test('a changed chunk of age costs the blocks it touches', async () => {
  const { body, lines } = await original(KINDS[2], 20_000);
  const changed = Buffer.from(body);
  expect(body.length).toBeGreaterThan(3 * 65_536);
  changed[65_536 + 5_000]! ^= 1;
  const some = await salvaged(changed);
  expectSome(some.lines, lines);
  expect(some.lines.length).toBeGreaterThan(lines.length / 4);
  expect(some.lines.length).toBeLessThan(lines.length);
});

test('without its index, and with a damaged block, the blocks on both sides are found', async () => {
  for (const kind of KINDS.slice(0, 2)) {
    const { body, lines } = await original(kind);
    const { blocks } = await open(body);
    const end = blocks.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
    const changed = Buffer.from(body.subarray(0, end));
    changed[blocks[0]!.compressedBytes + 30]! ^= 1;
    const some = await salvaged(changed);
    expect(some.lines).toHaveLength(lines.length - blocks[1]!.records);
    expect(some.blocks.indexOf(null)).toBe(1);
  }
});

test('bytes that are missing in the middle of what is not encrypted do not hide what comes behind', async () => {
  const { body, lines } = await original(KINDS[0]);
  const { blocks } = await open(body);
  const at = blocks[0]!.compressedBytes + 30;
  const some = await salvaged(Buffer.concat([body.subarray(0, at), body.subarray(at + 7)]));
  expect(some.lines).toHaveLength(lines.length - blocks[1]!.records);
});

test('of lines without compression and encryption, those that are malformed are left out', async () => {
  const body = bodyOf(await writeSegment(busRecords(50), { codec: 'none' }));
  const lines = linesOf(body.toString());
  const changed = Buffer.from(body);
  changed[body.indexOf('\n') + 1] = 0x58; // the brace of the second line
  const some = await salvaged(changed);
  expect(some.lines).toEqual([lines[0], ...lines.slice(2)]);
  expect(some.blocks.map((block) => block === null)).toEqual([false, true, false]);
});

test('what shows nothing of its codec is refused, and opens when the metadata tell it', async () => {
  const { body, lines } = await original(KINDS[0]);
  const { blocks } = await open(body);
  const end = blocks.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
  const changed = Buffer.from(body.subarray(0, end));
  changed[0] = 0;
  await expect(salvaged(changed)).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE' });
  expect((await salvaged(changed, 'zstd')).lines).toEqual(lines.slice(blocks[0]!.records));
});

test('a damaged encryption header takes everything with it', async () => {
  const { body } = await original(KINDS[2]);
  const changed = Buffer.from(body);
  changed[body.indexOf('\n---') + 8]! ^= 1;
  await expect(salvaged(changed)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
});
