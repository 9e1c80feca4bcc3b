/** What holds for any archive, whatever is in it; a failure prints the seed and the smallest case that shows it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import type { Codec } from '../../../electron/engine/segment/identity';
import type { ArchivedLine } from '../../../electron/engine/segment/record';
import { openSegment } from '../../../electron/engine/segment/segment-reader';
import { SegmentWriter, type SealedSegment } from '../../../electron/engine/segment/segment-writer';
import {
  bodyOf,
  CODECS,
  CountingSource,
  open,
  readLines,
  rsaIdentity,
  rsaRecipient,
  seededRandom,
  START,
  viewOf,
  x25519Identity,
  x25519Recipient,
  type SampleRecord,
} from './support';

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** As a cursor tells int64s. */
function narrow(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '\uFEFF', '\u2028"\\\u0000', '{"base64":"AA=="}', 'Zürich \u{1F68C}'),
);
const bytes = fc.oneof(
  text.map((string) => Buffer.from(string)),
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
);
const nullable = fc.option(bytes, { freq: 5 });

/** A record without its offset, which depends on those before it. */
const content = fc.record({
  /** how many offsets lie between it and the one before: holes are normal */
  hole: fc.oneof({ weight: 5, arbitrary: fc.constant(0n) }, fc.bigInt({ min: 1n, max: 1_000n })),
  timestamp: fc.oneof(fc.constantFrom(-1n, 0n, 1_671_494_400_000n), fc.bigInt(INT64)).map(narrow),
  key: nullable,
  value: nullable,
  headers: fc.array(fc.tuple(bytes, nullable), { maxLength: 4 }),
});

interface Written {
  readonly firstOffset: bigint;
  readonly records: readonly SampleRecord[];
}

const written: fc.Arbitrary<Written> = fc
  .record({
    firstOffset: fc.constantFrom(0n, 100n, 2n ** 53n - 3n, 2n ** 63n - 100_000n),
    contents: fc.array(content, { maxLength: 40 }),
  })
  .map(({ firstOffset, contents }) => {
    let next = firstOffset;
    const records = contents.map(({ hole, ...rest }) => {
      const offset = narrow(next + hole);
      next += hole + 1n;
      return { ...rest, offset };
    });
    return { firstOffset, records };
  });

interface Choices {
  readonly codec: Codec;
  readonly level: number;
  readonly isEncrypted: boolean;
  readonly blockBytes: number;
}

const blockBytes = fc.integer({ min: 1, max: 2_000 });
const choices: fc.Arbitrary<Choices> = fc
  .record({ format: fc.constantFrom(...CODECS), isEncrypted: fc.boolean(), blockBytes })
  .map(({ format, ...rest }) => ({ ...format, ...rest }));

async function seal({ firstOffset, records }: Written, { isEncrypted, ...options }: Choices): Promise<SealedSegment> {
  const recipients = isEncrypted ? [rsaRecipient, x25519Recipient] : [];
  const writer = new SegmentWriter({ ...START, firstOffset }, { ...options, recipients });
  for (const record of records) writer.add(viewOf(record));
  const last = records.at(-1);
  return writer.close(last === undefined ? firstOffset : BigInt(last.offset) + 1n);
}

async function write(records: Written, options: Choices): Promise<Buffer> {
  return bodyOf(await seal(records, options));
}

function linesOf({ records }: Written): ArchivedLine[] {
  return records.map(({ offset, timestamp = 0, key, value, headers }) => ({
    kind: 'record',
    offset: BigInt(offset),
    timestamp: BigInt(timestamp),
    key: key as Buffer | null,
    value: value as Buffer | null,
    headers: headers as [Buffer, Buffer | null][],
  }));
}

const REFUSALS = ['ARCHIVE_DAMAGED', 'NOT_AN_ARCHIVE', 'ARCHIVE_UNKNOWN_VERSION', 'ARCHIVE_LIMIT', 'KEY_WRONG'];

type Outcome = { readonly lines: ArchivedLine[]; readonly isComplete: boolean } | { readonly refusal: string };

/** Opens it and reads all of it. */
async function attempt(body: Buffer): Promise<Outcome> {
  try {
    const reader = await open(body);
    return { lines: await readLines(reader), isComplete: reader.indexed };
  } catch (thrown) {
    if (thrown instanceof PermafrostError && REFUSALS.includes(thrown.code)) return { refusal: thrown.code };
    throw thrown;
  }
}

test('any records come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(written, choices, async (records, options) => {
      const lines = await readLines(await open(await write(records, options)));

      expect(lines).toEqual(linesOf(records));
    }),
    { numRuns: 300 },
  );
});

test('any recipient alone can open it', async () => {
  await fc.assert(
    fc.asyncProperty(
      written,
      choices,
      fc.constantFrom(rsaIdentity, x25519Identity),
      async (records, options, identity) => {
        const body = await write(records, { ...options, isEncrypted: true });

        expect(await readLines(await open(body, [identity]))).toEqual(linesOf(records));
      },
    ),
    { numRuns: 40 },
  );
});

/** Records that no codec makes small, so that most of the archive is neither its beginning nor its end. */
function bulky(seed: number): Written {
  const random = seededRandom(seed);
  const records = Array.from({ length: 30 }, (_, index) => {
    const value = Buffer.alloc(4 * Math.floor(3_000 + random() * 4_000));
    for (let at = 0; at < value.length; at += 4) value.writeUInt32BE(Math.floor(random() * 2 ** 32), at);
    return { offset: index * 3, timestamp: index, key: null, value, headers: [] };
  });
  return { firstOffset: 0n, records };
}

const HEAD_BYTES = 4 * 1024;
const TAIL_BYTES = 64 * 1024;
/** age's payload: a nonce, then chunks, each with a tag */
const CHUNK_BYTES = 64 * 1024;
const SEALED_CHUNK_BYTES = CHUNK_BYTES + 16;

/** What must be read of an archive for a range of what is in it: the same, or the chunks that hold it. */
function storedRange(segment: SealedSegment, [start, end]: readonly [number, number]): readonly [number, number] {
  const { storedBytes, compressedBytes, recipients } = segment;
  if (recipients.length === 0) return [start, end];
  const payload = storedBytes - compressedBytes - 16 * Math.ceil(compressedBytes / CHUNK_BYTES);
  const chunks = [Math.floor(start / CHUNK_BYTES), Math.ceil(end / CHUNK_BYTES)] as const;
  const [first, next] = chunks.map((chunk) => payload + chunk * SEALED_CHUNK_BYTES);
  return [first ?? 0, Math.min(next ?? 0, storedBytes)];
}

const INDEXED = CODECS.filter(({ codec }) => codec !== 'none').flatMap((format) => [
  { ...format, isEncrypted: false },
  { ...format, isEncrypted: true },
]);

test.each(INDEXED)(
  'the index leads to any record through its block alone: $codec, encrypted: $isEncrypted',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(29), fc.integer({ min: 1, max: 60_000 }), async (seed, index, blockBytes) => {
        const records = bulky(seed);
        const segment = await seal(records, { ...kind, blockBytes });
        const wanted = linesOf(records)[index]!;
        const source = new CountingSource(bodyOf(segment));

        const reader = await openSegment(source, { identities: [rsaIdentity] });
        const opening = source.reads.splice(0);
        const block = reader.blocks.findLastIndex(({ firstOffset }) => firstOffset <= wanted.offset);
        const lines = await reader.readBlock(block);

        expect(lines).toContainEqual(wanted);
        const start = reader.blocks.slice(0, block).reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
        const end = start + reader.blocks[block]!.compressedBytes;
        const [head, ...ends] = opening;
        expect(head).toEqual([0, HEAD_BYTES]);
        const { compressedBytes, storedBytes } = segment;
        const [tailStart] = storedRange(segment, [compressedBytes - TAIL_BYTES, compressedBytes]);
        for (const read of ends) expect(read).toSatisfy(within([tailStart, storedBytes]));
        for (const read of source.reads) expect(read).toSatisfy(within(storedRange(segment, [start, end])));
      }),
      { numRuns: 10 },
    );
  },
);

function within([from, to]: readonly [number, number]): (range: readonly [number, number]) => boolean {
  return ([start, end]) => from <= start && end <= to;
}

const kept = fc.record({ records: written, options: choices });
/** a place in a body of any length */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('with any bit of an encrypted archive flipped, it is refused', async () => {
  await fc.assert(
    fc.asyncProperty(kept, place, fc.nat(7), async ({ records, options }, at, bit) => {
      const body = await write(records, { ...options, isEncrypted: true });
      const changed = Math.floor(at * body.length);
      body[changed]! ^= 1 << bit;

      expect(await attempt(body)).toHaveProperty('refusal');
    }),
    { numRuns: 300 },
  );
});

test('with any bytes cut out of an encrypted archive, or off its end, it is refused', async () => {
  const length = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 100_000 }));
  await fc.assert(
    fc.asyncProperty(kept, place, length, async ({ records, options }, at, cut) => {
      const body = await write(records, { ...options, isEncrypted: true });
      const from = Math.max(1, Math.floor(at * body.length));
      const rest = Buffer.concat([body.subarray(0, from), body.subarray(from + cut)]);

      expect(await attempt(rest.length === body.length ? rest.subarray(0, -1) : rest)).toHaveProperty('refusal');
    }),
    { numRuns: 300 },
  );
});

test.each(INDEXED.filter(({ isEncrypted }) => !isEncrypted))(
  'cut inside a block it is refused, at its edge incomplete: $codec',
  async (kind) => {
    const some = written.filter(({ records }) => records.length > 0);
    await fc.assert(
      fc.asyncProperty(some, blockBytes, place, fc.boolean(), async (records, blockBytes, at, isAtEdge) => {
        const body = await write(records, { ...kind, blockBytes });
        const { blocks } = await open(body);
        const edges = blocks.map((_, index) =>
          blocks.slice(0, index + 1).reduce((sum, block) => sum + block.compressedBytes, 0),
        );
        const blockEnd = edges.at(-1)!;
        const cutAt = isAtEdge ? edges[Math.floor(at * edges.length)]! : 1 + Math.floor(at * (body.length - 1));
        const outcome = await attempt(body.subarray(0, cutAt));

        const edge = edges.indexOf(cutAt);
        if (edge >= 0) {
          const behind = blocks[edge + 1]?.firstOffset ?? INT64.max;
          expect(outcome).toEqual({
            isComplete: false,
            lines: linesOf(records).filter(({ offset }) => offset < behind),
          });
        } else if (cutAt < blockEnd) expect(outcome).toHaveProperty('refusal');
        else expect('refusal' in outcome || !outcome.isComplete).toBe(true);
      }),
      { numRuns: 250 },
    );
  },
);
