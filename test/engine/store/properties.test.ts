/** What holds for any segment's name and metadata; a failure prints the seed and the smallest case that shows it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metadataOf, parseCoverage, type Coverage } from '../../../electron/engine/store/coverage-metadata';
import { buildObjectName, parseObjectName, partitionPrefix } from '../../../electron/engine/store/object-names';

/** As Kafka allows them: 1 to 249 letters, digits, dots, underscores, hyphens; neither "." nor "..". */
const topic = fc.stringMatching(/^[a-zA-Z0-9._-]{1,249}$/).filter((name) => name !== '.' && name !== '..');
const topicId = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => Buffer.from(id).toString('base64url'));
const life = fc
  .tuple(topicId, fc.constantFrom('', 'c-'), fc.constantFrom('', '~1', '~27'))
  .map(([id, kind, truncations]) => `${kind}${id}${truncations}`);
const partition = fc.oneof(fc.nat(9), fc.nat(2 ** 31 - 1));
const offset = fc.oneof(fc.bigInt({ min: 0n, max: 200n }), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }));
const prefix = fc.constantFrom('', 'archive', 'a/b', 'partition=0', '@snapshots');

const objectName = fc.record({ prefix, topic, life, partition, firstOffset: offset });

test('a name says what it was made of', () => {
  fc.assert(
    fc.property(objectName, (name) => {
      expect(parseObjectName(buildObjectName(name), name.prefix)).toEqual(name);
    }),
    { numRuns: 500 },
  );
});

test('names of one chain sort by offset, and no other chain is listed with it', () => {
  fc.assert(
    fc.property(objectName, objectName, (one, other) => {
      const sibling = { ...one, firstOffset: other.firstOffset };
      const [name, next] = [buildObjectName(one), buildObjectName(sibling)];
      expect(Math.sign(name < next ? -1 : name > next ? 1 : 0)).toBe(
        one.firstOffset < sibling.firstOffset ? -1 : one.firstOffset > sibling.firstOffset ? 1 : 0,
      );
      const stranger = { ...other, prefix: one.prefix };
      const isSameChain = partitionPrefix(stranger) === partitionPrefix(one);
      expect(buildObjectName(stranger).startsWith(partitionPrefix(one))).toBe(isSameChain);
    }),
    { numRuns: 500 },
  );
});

const timestamp = fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
const size = fc.nat({ max: Number.MAX_SAFE_INTEGER });

/** Counts that fit into what is covered. */
const coverage: fc.Arbitrary<Coverage> = fc
  .record({
    topic,
    ...{ topicId: fc.oneof(topicId, fc.constant('')), partition, firstOffset: offset },
    counts: fc.array(fc.nat(2 ** 40), { minLength: 5, maxLength: 5 }),
    hole: fc.bigInt({ min: 1n, max: 1_000n }),
    gap: fc.option(fc.constantFrom('before-start', 'expired', 'removed')),
    reduction: fc.option(
      fc.uint8Array({ minLength: 1, maxLength: 32 }).map((digest) => Buffer.from(digest).toString('hex')),
    ),
    ...{ firstTimestamp: timestamp, lastTimestamp: timestamp, leaderEpoch: fc.integer({ min: -1, max: 2 ** 31 - 1 }) },
    ...{ rawBytes: size, encodedBytes: size, compressedBytes: size },
    codec: fc.constantFrom('none', 'gzip', 'zstd'),
    recipients: fc.array(
      fc.constantFrom('SHA256:mmpN4f5HVUk6rWmXvTb2kEJ0m5kN9zY2x8a5Jv0Qm3k', `age1${'q'.repeat(58)}`),
      {
        maxLength: 32,
      },
    ),
  })
  .map(({ counts, hole, gap, ...rest }) => {
    const [records = 0, dropped = 0, control = 0, aborted = 0, corrupt = 0] = gap === null ? counts : [];
    const accounted = BigInt(records + dropped + control + aborted + corrupt);
    return {
      ...rest,
      gap,
      records,
      dropped,
      control,
      aborted,
      corrupt,
      nextOffset: rest.firstOffset + accounted + hole,
    };
  })
  .filter(({ nextOffset }) => nextOffset < 2n ** 63n);

test('what a segment covers comes back from its metadata', () => {
  fc.assert(
    fc.property(coverage, (covers) => {
      expect(parseCoverage({ name: 'archive', metadata: metadataOf(covers) })).toEqual(covers);
    }),
    { numRuns: 500 },
  );
});
