/**
 * An archive that was read to its end before anything is made of it: checksum of the bucket, encryption, compression, every
 * line, and all that index and metadata say of them.
 */
import { PermafrostError } from '../../../shared/errors';
import type { Identity } from '../keys/identity';
import { damaged } from '../segment/errors';
import type { BlockEntry } from '../segment/identity';
import { LineError } from '../segment/lines';
import { compressed, type PackedRun } from '../kafka/outgoing-batch';
import {
  lineTranslator,
  type BlockFacts,
  type RecordRun,
  type RunTerms,
  type TranslatedBlock,
} from '../segment/record-runs';
import type { SegmentReader } from '../segment/segment-reader';
import type { Coverage } from '../store/coverage-metadata';
import type { ObjectStore, StoredObject } from '../store/port';
import { aboutObject, openArchiveFrom } from './open-archive';
import { copyToHere, type LocalCopy } from './local-copy';

/** of batches that wait until their archive is verified */
const MAX_PACKED_BYTES = 32 * 1024 * 1024;
/** what is read is here already: two blocks, decompressed side by side */
const AHEAD_BYTES = 2 * 1024 * 1024;

export interface LoadOptions {
  /** all private keys at hand */
  readonly identities: readonly Identity[];
  readonly signal: AbortSignal;
  /** after each piece that was downloaded */
  readonly onBytes: (bytes: number) => void;
  /** given when all records are taken, in batches that are compressed: they are then made while it is verified */
  readonly allAs?: RunTerms;
}

export class VerifiedArchive {
  readonly coverage: Coverage;
  /** one for each block, in order */
  readonly blocks: readonly BlockFacts[];
  /** all its records as `allAs` asked for them; null: they have to be translated */
  readonly runs: readonly PackedRun[] | null;
  readonly #copy: LocalCopy;
  readonly #segment: SegmentReader;

  /** Use `loadArchive`. */
  constructor(coverage: Coverage, { blocks, runs }: Verified, copy: LocalCopy, segment: SegmentReader) {
    this.coverage = coverage;
    this.blocks = blocks;
    this.runs = runs;
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

  /** JSON lines, a block after the other. */
  lines(): AsyncIterable<Buffer> {
    return this.#segment.encodedBlocks(AHEAD_BYTES);
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
  { identities, signal, onBytes, allAs }: LoadOptions,
): Promise<VerifiedArchive> {
  const copy = await copyToHere(store, object, signal, onBytes);
  try {
    const segment = await openArchiveFrom(copy, object, coverage, { identities });
    const verified = await aboutObject(object, coverage, () => verify(segment, coverage, signal, allAs ?? null));
    return new VerifiedArchive(coverage, verified, copy, segment);
  } catch (thrown) {
    await copy.close();
    throw thrown;
  }
}

interface Verified {
  readonly blocks: readonly BlockFacts[];
  readonly runs: readonly PackedRun[] | null;
}

async function verify(
  segment: SegmentReader,
  coverage: Coverage,
  signal: AbortSignal,
  allAs: RunTerms | null,
): Promise<Verified> {
  const packer = allAs === null ? null : new Packer();
  const blocks: BlockFacts[] = [];
  let next = coverage.firstOffset;
  let records = 0;
  let index = 0;
  for await (const encoded of segment.encodedBlocks(AHEAD_BYTES)) {
    if (signal.aborted) throw new PermafrostError('CANCELLED', 'Reading an archive was cancelled.');
    const translated =
      packer?.isFull === false ? read(index, () => lineTranslator().translate(encoded, allAs as RunTerms)) : null;
    const facts = translated?.facts ?? read(index, () => lineTranslator().facts(encoded));
    if (translated !== null) await packer?.add(translated.runs);
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
  return { blocks, runs: (await packer?.packed()) ?? null };
}

/** Compresses batches side by side, as many as memory is meant for. */
class Packer {
  readonly #runs: Promise<PackedRun>[] = [];
  #bytes = 0;

  /** what is packed is more than it may be: it is given up */
  get isFull(): boolean {
    return this.#bytes > MAX_PACKED_BYTES;
  }

  async add(runs: readonly RecordRun[]): Promise<void> {
    const before = this.#runs.at(-1);
    for (const run of runs) {
      const packed = this.#pack(run);
      packed.catch(() => undefined); // it is awaited with the others
      this.#runs.push(packed);
    }
    await before; // one block is compressed while the next one is read
    if (this.isFull) this.#runs.length = 0;
  }

  async #pack(run: RecordRun): Promise<PackedRun> {
    const packed = await compressed(run);
    this.#bytes += packed.bytes.length;
    return packed;
  }

  /** @returns null when they were more than memory is meant for */
  async packed(): Promise<readonly PackedRun[] | null> {
    return this.isFull ? null : Promise.all(this.#runs);
  }
}

function read<Answer>(index: number, work: () => Answer): Answer {
  try {
    return work();
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
