/**
 * Writes one segment: records in, bytes of an archive out.
 *
 *     record -> line -> block -> compressed (libuv's pool, several at a time) -> encrypted -> body
 *
 * Blocks join the body in order, whatever order they are compressed in. Memory stays at the open block, those on their way
 * through the compressor, and the body.
 */
import { availableParallelism } from 'node:os';
import { crc32c } from '@node-rs/crc32';
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import type { Recipient } from '../keys/stanza';
import { AgeSealer } from './age';
import { batchEncoder, type BatchEncoder } from './batch-encoder';
import { BlockBuffers } from './block-buffers';
import { BlockBuilder, SLACK_BYTES, type EncodedBlock } from './block-builder';
import type { BlockFormat } from './block-format';
import { BLOCK_FORMATS } from './block-formats';
import { FORMAT_VERSION, type BlockEntry, type Codec, type GapReason, type SegmentIdentity } from './identity';
import { CompressionBacklog } from './compression-backlog';
import { encodeIndex } from './index-content';
import { rawBytesOf, type BatchCursor, type RecordView } from './record';

export interface SegmentStart {
  readonly clusterId: string;
  readonly topic: string;
  /** KIP-516; empty where the broker has none */
  readonly topicId: string;
  readonly partition: number;
  readonly firstOffset: bigint;
}

export interface SegmentOptions {
  readonly codec: Codec;
  /** gzip 1 to 9, zstd 1 to 22, none 0 */
  readonly level: number;
  /** empty: not encrypted */
  readonly recipients: readonly Recipient[];
  /** encoded bytes a block aims at; 1 MiB unless told */
  readonly blockBytes?: number;
  /** of whole batches; unless told, the thread's own, see `batchEncoder` */
  readonly encoder?: BatchEncoder;
}

export interface SealedSegment {
  readonly identity: SegmentIdentity;
  /** in pieces, to be written one after the other */
  readonly body: readonly Buffer[];
  /** of the body, as Cloud Storage wants it: big-endian in base64 */
  readonly crc32c: string;
  /** keys, values and headers as they came */
  readonly rawBytes: number;
  readonly encodedBytes: number;
  /** index included */
  readonly compressedBytes: number;
  /** the body */
  readonly storedBytes: number;
  /** lowest and highest; null when no record has one */
  readonly firstTimestamp: bigint | null;
  readonly lastTimestamp: bigint | null;
  readonly codec: Codec;
  /** fingerprints */
  readonly recipients: readonly string[];
  /** offsets in batches kept as corrupt */
  readonly corrupt: number;
}

const DEFAULT_BLOCK_BYTES = 1024 * 1024;
const MIB = 1024 * 1024;
/** of all segments of a thread; with more partitions than whole blocks fit, blocks are smaller */
const sharedBuffers = blockBuffers(DEFAULT_BLOCK_BYTES);

function blockBuffers(blockBytes: number): BlockBuffers {
  const limits = { maxBytes: blockBytes + SLACK_BYTES, maxFreeBytes: 5 * MIB, maxOpenBytes: 24 * MIB };
  return new BlockBuffers(limits);
}

/** A block for each core, and libuv's pool has four threads: more of them in memory are not compressed any sooner. */
const backlog = new CompressionBacklog(Math.min(availableParallelism(), 4) * (DEFAULT_BLOCK_BYTES + SLACK_BYTES));

/** Resolves when the compressor has caught up with what was added to all segments of the thread. */
export function compressorCaughtUp(): Promise<void> {
  return backlog.shortEnough();
}

/** Memory that writing takes beside what each segment holds: the encoder's, and buffers that wait to be used again. */
export function sharedHeldBytes(): number {
  return sharedBuffers.freeBytes + batchEncoder().heldBytes;
}

export class SegmentWriter {
  readonly #start: SegmentStart;
  readonly #options: SegmentOptions;
  readonly #format: BlockFormat;
  readonly #sealer: AgeSealer | null;
  readonly #buffers: BlockBuffers;
  readonly #builder: BlockBuilder;
  readonly #encoder: BatchEncoder;
  readonly #blocks: BlockEntry[] = [];
  #body: Buffer[] = [];
  /** ends when all blocks handed on so far are in the body */
  #appended: Promise<void> = Promise.resolve();
  #failure: PermafrostError | null = null;
  #isOpen = true;
  #isDiscarded = false;
  #previousOffset: number | bigint = -1;
  #records = 0;
  #corrupt = 0;
  #rawBytes = 0;
  #blockedBytes = 0;
  #compressedBytes = 0;
  #compressedFromBytes = 0;
  #storedBytes = 0;
  #compressing = 0;
  #crc32c = 0;

  /** @throws PermafrostError INPUT_INVALID for a level the codec has not, or too many recipients */
  constructor(start: SegmentStart, options: SegmentOptions) {
    this.#start = start;
    this.#options = options;
    this.#format = BLOCK_FORMATS[options.codec];
    checkLevel(this.#format, options.level);
    this.#sealer = options.recipients.length === 0 ? null : new AgeSealer(options.recipients);
    const { blockBytes = DEFAULT_BLOCK_BYTES } = options;
    this.#buffers = blockBytes === DEFAULT_BLOCK_BYTES ? sharedBuffers : blockBuffers(blockBytes);
    this.#builder = new BlockBuilder(blockBytes, this.#buffers, (block) => this.#compress(block));
    this.#encoder = options.encoder ?? batchEncoder();
    if (this.#sealer !== null) this.#emit(this.#sealer.head);
  }

  get records(): number {
    return this.#records;
  }

  /** keys, values and headers */
  get rawBytes(): number {
    return this.#rawBytes;
  }

  get encodedBytes(): number {
    return this.#blockedBytes + this.#builder.usedBytes;
  }

  /** of the blocks that are compressed by now */
  get compressedBytes(): number {
    return this.#compressedBytes;
  }

  /** encoded bytes of the blocks that are compressed by now: what `compressedBytes` was made of */
  get compressedFromBytes(): number {
    return this.#compressedFromBytes;
  }

  /** of the blocks that are in the body by now */
  get storedBytes(): number {
    return this.#storedBytes;
  }

  /** memory: the open block, those being compressed, the body */
  get heldBytes(): number {
    return this.#builder.heldBytes + this.#compressing + this.#storedBytes;
  }

  /**
   * @throws PermafrostError BATCH_DAMAGED when the offset does not go up, ARCHIVE_LIMIT for a record no reader would
   * take, and whatever went wrong while earlier blocks were compressed
   */
  add(view: RecordView): void {
    this.#checkOpen();
    this.#checkOffset(view.offset);
    this.#builder.add(view);
    this.#previousOffset = view.offset;
    this.#records += 1;
    this.#rawBytes += rawBytesOf(view);
  }

  /** A record that is left out on purpose: offsets go up over it, too. @throws as `add` */
  skip(offset: number | bigint): void {
    this.#checkOpen();
    this.#checkOffset(offset);
    this.#previousOffset = offset;
  }

  /**
   * Takes the records of a whole batch, all of them or, when it throws, none.
   * @param fromOffset records below it are left out
   * @returns how many it took
   * @throws PermafrostError BATCH_DAMAGED when the batch's structure does not hold; and as `add`
   */
  addBatch(batch: BatchCursor, fromOffset: bigint): number {
    this.#checkOpen();
    this.#checkOffset(fromOffset > batch.baseOffset ? fromOffset : batch.baseOffset);
    const added = this.#encoder.encode(batch, fromOffset, this.#builder);
    this.#previousOffset = added.lastOffset ?? this.#previousOffset;
    this.#records += added.records;
    this.#rawBytes += added.rawBytes;
    return added.records;
  }

  /** Keeps a batch whose CRC stayed wrong. @param lastOffset inclusive @throws as `add` */
  addCorrupt(offset: bigint, lastOffset: bigint, bytes: Buffer): void {
    this.#checkOpen();
    this.#checkOffset(offset);
    this.#builder.addCorrupt({ offset, lastOffset, bytes });
    this.#previousOffset = lastOffset;
    this.#corrupt += Number(lastOffset - offset) + 1;
    this.#rawBytes += bytes.length;
  }

  /**
   * Ends the segment; the writer is of no more use.
   * @param nextOffset exclusive
   * @throws PermafrostError CANCELLED when it is discarded meanwhile, and as `add`
   */
  async close(nextOffset: bigint, gap: GapReason | null = null): Promise<SealedSegment> {
    this.#checkOpen();
    this.#checkEnd(nextOffset, gap);
    this.#isOpen = false;
    this.#builder.flush();
    await this.#appended;
    if (this.#failure !== null) throw this.#failure;
    this.#checkKept();
    const { clusterId, topic, topicId, partition, firstOffset } = this.#start;
    const identity: SegmentIdentity = {
      ...{ formatVersion: FORMAT_VERSION, clusterId, topic, topicId, partition },
      ...{ firstOffset, nextOffset, records: this.#records, gap },
    };
    const index = this.#format.index?.wrap(encodeIndex({ identity, blocks: this.#blocks }), this.#blocks);
    if (index !== undefined) this.#append(index);
    if (this.#sealer !== null) this.#emit(this.#sealer.finish());
    return this.#sealed(identity);
  }

  /** memory of the open block alone: it shrinks when the block is compressed */
  get openBlockBytes(): number {
    return this.#builder.heldBytes;
  }

  /** Ends the open block early, so that it is compressed: it saves memory and costs some of the ratio. */
  endBlock(): void {
    if (this.#isOpen) this.#builder.flush();
  }

  /** Gives it up. */
  discard(): void {
    this.#isOpen = false;
    this.#isDiscarded = true;
    this.#builder.discard();
    this.#body = []; // a body that was sealed already belongs to its taker
    this.#storedBytes = 0;
  }

  #compress(block: EncodedBlock): void {
    const { buffer, encodedBytes } = block;
    this.#blockedBytes += encodedBytes;
    this.#compressing += buffer.length;
    backlog.entered(buffer.length);
    const compressed = this.#format.compress(buffer.subarray(0, encodedBytes), this.#options.level);
    compressed.catch(() => undefined); // it is awaited below, perhaps after an earlier one failed
    this.#appended = this.#appended
      .then(async () => {
        try {
          const bytes = await compressed;
          if (!this.#isDiscarded) this.#appendBlock(block, bytes);
        } finally {
          this.#compressing -= buffer.length;
          backlog.left(buffer.length);
          this.#buffers.giveBack(buffer);
        }
      })
      .catch((thrown: unknown) => {
        this.#failure ??= asPermafrostError(thrown);
      });
  }

  #appendBlock({ buffer, ...entry }: EncodedBlock, compressed: Buffer): void {
    // without compression and encryption the block would still lie in its buffer, which is used again
    const own = compressed.buffer === buffer.buffer && this.#sealer === null ? Buffer.from(compressed) : compressed;
    this.#blocks.push({ ...entry, compressedBytes: compressed.length, crc32c: crc32c(compressed) });
    this.#compressedFromBytes += entry.encodedBytes;
    this.#append(own);
  }

  #append(compressed: Buffer): void {
    this.#compressedBytes += compressed.length;
    if (this.#sealer === null) this.#emit(compressed);
    else for (const sealed of this.#sealer.push(compressed)) this.#emit(sealed);
  }

  #emit(bytes: Buffer): void {
    this.#storedBytes += bytes.length;
    this.#crc32c = crc32c(bytes, this.#crc32c);
    this.#body.push(bytes);
  }

  #sealed(identity: SegmentIdentity): SealedSegment {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(this.#crc32c);
    const ranges = this.#blocks.flatMap(({ timestamps }) => timestamps ?? []);
    return {
      identity,
      body: this.#body,
      crc32c: checksum.toString('base64'),
      rawBytes: this.#rawBytes,
      encodedBytes: this.#blockedBytes,
      compressedBytes: this.#compressedBytes,
      storedBytes: this.#storedBytes,
      firstTimestamp: ranges.reduce<bigint | null>((low, { min }) => (low === null || min < low ? min : low), null),
      lastTimestamp: ranges.reduce<bigint | null>((high, { max }) => (high === null || max > high ? max : high), null),
      codec: this.#options.codec,
      recipients: this.#options.recipients.map(({ fingerprint }) => fingerprint),
      corrupt: this.#corrupt,
    };
  }

  #checkOpen(): void {
    if (this.#failure !== null) throw this.#failure;
    if (!this.#isOpen) throw new PermafrostError('INTERNAL', 'A segment that was closed is written to.');
  }

  #checkKept(): void {
    if (this.#isDiscarded) throw new PermafrostError('CANCELLED', 'The segment was given up while it was closed.');
  }

  #checkOffset(offset: number | bigint): void {
    if (offset > this.#previousOffset && offset >= this.#start.firstOffset) return;
    const { topic, partition } = this.#start;
    throw new PermafrostError(
      'BATCH_DAMAGED',
      `Kafka gave offset ${offset} of ${topic}/${partition} again or out of order. Look at the broker's log; nothing of it was archived twice.`,
      { context: { topic, partition, offset: offset.toString() } },
    );
  }

  #checkEnd(nextOffset: bigint, gap: GapReason | null): void {
    const isBehindAll = nextOffset > this.#previousOffset && nextOffset >= this.#start.firstOffset;
    const isGapEmpty = gap === null || (this.#previousOffset === -1 && nextOffset > this.#start.firstOffset);
    if (isBehindAll && isGapEmpty) return;
    throw new PermafrostError('INTERNAL', `A segment cannot end at ${nextOffset}${gap === null ? '' : `, as a gap`}.`);
  }
}

function checkLevel({ codec, levels }: BlockFormat, level: number): void {
  if (codec === 'none' || (Number.isInteger(level) && level >= levels.min && level <= levels.max)) return;
  throw new PermafrostError('INPUT_INVALID', `${codec} has levels from ${levels.min} to ${levels.max}, not ${level}.`, {
    context: { field: 'level' },
  });
}
