/**
 * An archive that was read to its end before anything is made of it: checksum of the bucket, encryption, compression, every
 * line, and all that index and metadata say of them.
 */
import { PermafrostError } from '../../../shared/errors';
import type { Identity } from '../keys/identity';
import { damaged } from '../segment/errors';
import type { BlockEntry } from '../segment/identity';
import { LineError } from '../segment/lines';
import { lineTranslator, type BlockFacts, type RunTerms, type TranslatedBlock } from '../segment/record-runs';
import type { SegmentReader } from '../segment/segment-reader';
import type { Coverage } from '../store/coverage-metadata';
import type { ObjectStore, StoredObject } from '../store/port';
import { aboutObject, openArchiveFrom } from './open-archive';
import { copyToHere, type LocalCopy } from './local-copy';

/** what is read is here already: two blocks, decompressed side by side */
const AHEAD_BYTES = 2 * 1024 * 1024;

export interface LoadOptions {
  /** all private keys at hand */
  readonly identities: readonly Identity[];
  readonly signal: AbortSignal;
  /** after each piece that was downloaded */
  readonly onBytes: (bytes: number) => void;
}

export class VerifiedArchive {
  readonly coverage: Coverage;
  /** one for each block, in order */
  readonly blocks: readonly BlockFacts[];
  readonly #copy: LocalCopy;
  readonly #segment: SegmentReader;

  /** Use `loadArchive`. */
  constructor(coverage: Coverage, blocks: readonly BlockFacts[], copy: LocalCopy, segment: SegmentReader) {
    this.coverage = coverage;
    this.blocks = blocks;
    this.#copy = copy;
    this.#segment = segment;
  }

  /**
   * The records of all blocks, in order.
   * @param termsOf which of them to take, by what is known of the block; null: none, the block is skipped
   */
  async *translated(termsOf: (facts: BlockFacts) => RunTerms | null): AsyncGenerator<TranslatedBlock, void, undefined> {
    let index = 0;
    for await (const encoded of this.#segment.encodedBlocks(AHEAD_BYTES)) {
      const facts = this.blocks[index];
      index += 1;
      if (facts === undefined) throw new PermafrostError('INTERNAL', 'An archive has more blocks than it had.');
      const terms = termsOf(facts);
      if (terms !== null) yield lineTranslator().translate(encoded, terms);
    }
  }

  close(): Promise<void> {
    return this.#copy.close();
  }
}

/**
 * @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_LIMIT, ARCHIVE_UNKNOWN_VERSION, NOT_AN_ARCHIVE; KEY_MISSING with
 * context.wanted; STORE_*; CANCELLED
 */
export async function loadArchive(
  store: ObjectStore,
  { object, coverage }: { readonly object: StoredObject; readonly coverage: Coverage },
  { identities, signal, onBytes }: LoadOptions,
): Promise<VerifiedArchive> {
  const copy = await copyToHere(store, object, signal, onBytes);
  try {
    const segment = await openArchiveFrom(copy, object, coverage, identities);
    const blocks = await aboutObject(object, coverage, () => verify(segment, coverage, signal));
    return new VerifiedArchive(coverage, blocks, copy, segment);
  } catch (thrown) {
    await copy.close();
    throw thrown;
  }
}

async function verify(segment: SegmentReader, coverage: Coverage, signal: AbortSignal): Promise<readonly BlockFacts[]> {
  const blocks: BlockFacts[] = [];
  let next = coverage.firstOffset;
  let records = 0;
  let index = 0;
  for await (const encoded of segment.encodedBlocks(AHEAD_BYTES)) {
    if (signal.aborted) throw new PermafrostError('CANCELLED', 'Reading an archive was cancelled.');
    const facts = factsOf(index, encoded);
    const entry = segment.blocks[index];
    if (entry !== undefined && !isAsIndexed(facts, entry)) {
      throw damaged(`block ${index} holds other records than the index tells`, { block: index });
    }
    if (facts.firstOffset !== null && facts.firstOffset < next) {
      throw damaged(`offset ${facts.firstOffset} in block ${index} goes backwards`, { block: index });
    }
    next = facts.lastOffset === null ? next : facts.lastOffset + 1n;
    records += facts.records;
    blocks.push(facts);
    index += 1;
  }
  if (records !== coverage.records) throw damaged(`it holds ${records} records, its metadata say ${coverage.records}`);
  if (next > coverage.nextOffset) throw damaged(`it reaches behind offset ${coverage.nextOffset}, where it should end`);
  return blocks;
}

function factsOf(index: number, encoded: Buffer): BlockFacts {
  try {
    return lineTranslator().facts(encoded);
  } catch (thrown) {
    if (!(thrown instanceof LineError)) throw thrown;
    const place = thrown.afterOffset === null ? 'at its beginning' : `behind offset ${thrown.afterOffset}`;
    throw damaged(`block ${index} has a malformed line ${place}: ${thrown.message}`, { block: index }, thrown);
  }
}

function isAsIndexed(facts: BlockFacts, entry: BlockEntry): boolean {
  return (
    facts.firstOffset === entry.firstOffset &&
    facts.records === entry.records &&
    facts.someWithoutTimestamp === entry.someWithoutTimestamp &&
    facts.timestamps?.min === entry.timestamps?.min &&
    facts.timestamps?.max === entry.timestamps?.max
  );
}
