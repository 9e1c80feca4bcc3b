/** What the tests of archives share: records from plain objects, whole segments, sources that count, the test keys. */
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PermafrostError } from '../../../shared/errors';
import { parseIdentity } from '../../../electron/engine/keys/identity';
import { parseRecipient, type Recipient } from '../../../electron/engine/keys/recipient';
import type { Codec, GapReason } from '../../../electron/engine/segment/identity';
import type { RangedSource } from '../../../electron/engine/segment/ranged-source';
import type { ArchivedLine, RecordView } from '../../../electron/engine/segment/record';
import { openBytes, openSegment, type SegmentReader } from '../../../electron/engine/segment/segment-reader';
import { SegmentWriter, type SealedSegment } from '../../../electron/engine/segment/segment-writer';

export const VECTORS = path.resolve(import.meta.dirname, '../../vectors');

/** Keys for tests alone: they are published with the source. */
export const RSA_PEM = readFileSync(path.join(VECTORS, 'test-only-rsa.pem'), 'utf8');
export const X25519_SECRET = readFileSync(path.join(VECTORS, 'test-only-x25519.txt'), 'utf8').trim();
export const rsaIdentity = parseIdentity(RSA_PEM);
export const x25519Identity = parseIdentity(X25519_SECRET);
export const rsaRecipient = parseRecipient(createPublicKey(RSA_PEM).export({ type: 'spki', format: 'pem' }).toString());
export const x25519Recipient = parseRecipient(x25519Identity.fingerprint);

export const CODECS = [
  { codec: 'none', level: 0 },
  { codec: 'gzip', level: 6 },
  { codec: 'zstd', level: 3 },
] as const;

export const START = { clusterId: 'cluster-1', topic: 'bus', topicId: 'topic-id-1', partition: 3, firstOffset: 100n };

export interface SampleRecord {
  readonly offset: number | bigint;
  readonly timestamp?: number | bigint;
  readonly key?: Buffer | string | null;
  readonly value?: Buffer | string | null;
  readonly headers?: readonly (readonly [Buffer | string, Buffer | string | null])[];
}

/** A cursor over one record, its parts laid one behind the other as in a record batch. */
export function viewOf({ offset, timestamp = 0, key = null, value = null, headers = [] }: SampleRecord): RecordView {
  const pieces: Buffer[] = [];
  let at = 0;
  const place = (part: Buffer | string | null): [number, number] => {
    if (part === null) return [at, -1];
    const bytes = Buffer.from(part as string);
    pieces.push(bytes);
    at += bytes.length;
    return [at - bytes.length, bytes.length];
  };
  const [keyStart, keyLength] = place(key);
  const [valueStart, valueLength] = place(value);
  const spans = headers.flatMap(([name, content]) => [...place(name), ...place(content)]);
  const positions = { keyStart, keyLength, valueStart, valueLength };
  const headerSpans = Int32Array.from(spans);
  return { bytes: Buffer.concat(pieces), offset, timestamp, ...positions, headerCount: headers.length, headerSpans };
}

/** Records that look like bus positions, every seventh offset missing as behind compaction. */
export function busRecords(count: number, firstOffset = 100): SampleRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const offset = firstOffset + index + Math.floor(index / 6);
    return {
      offset,
      timestamp: 1_671_494_400_000 + (index % 10) * 1000,
      key: String(3000 + (index % 50)),
      value: JSON.stringify({ VEHICLE_ID: 3000 + (index % 50), METERS: index * 17, GPS_LATITUDE: 45.5 + index / 1e5 }),
      headers: index % 3 === 0 ? [['source', 'bus'] as const] : [],
    };
  });
}

export interface SegmentChoices {
  readonly codec?: Codec;
  readonly level?: number;
  readonly recipients?: readonly Recipient[];
  readonly blockBytes?: number;
  readonly nextOffset?: bigint;
  readonly gap?: GapReason;
}

export async function writeSegment(records: readonly SampleRecord[], choices: SegmentChoices): Promise<SealedSegment> {
  const { codec = 'zstd', level = codec === 'none' ? 0 : 3, recipients = [], blockBytes, gap } = choices;
  const writer = new SegmentWriter(START, {
    codec,
    level,
    recipients,
    ...(blockBytes === undefined ? {} : { blockBytes }),
  });
  for (const record of records) writer.add(viewOf(record));
  const last = records.at(-1);
  return writer.close(choices.nextOffset ?? (last === undefined ? 100n : BigInt(last.offset) + 1n), gap);
}

export function bodyOf(segment: SealedSegment): Buffer {
  return Buffer.concat(segment.body);
}

export function open(body: Buffer, identities = [rsaIdentity]): Promise<SegmentReader> {
  return openSegment(openBytes(body), { identities });
}

export async function readLines(reader: SegmentReader): Promise<ArchivedLine[]> {
  const all: ArchivedLine[] = [];
  for await (const lines of reader.lines()) all.push(...lines);
  return all;
}

export async function readEncoded(reader: SegmentReader): Promise<string> {
  const blocks: Buffer[] = [];
  for await (const block of reader.encodedBlocks()) blocks.push(block);
  return Buffer.concat(blocks).toString();
}

/** The code of what an action throws; fails the test when it throws nothing. */
export async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (thrown) {
    if (thrown instanceof PermafrostError) return thrown.code;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

/** Counts ranged reads, as an object store would bill them. */
export class CountingSource implements RangedSource {
  readonly size: number;
  readonly reads: [start: number, end: number][] = [];
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(start: number, end: number): Promise<Buffer> {
    this.reads.push([start, end]);
    return Promise.resolve(this.#bytes.subarray(start, end));
  }
}

/** Numbers that are the same in every run (mulberry32). @returns a function of [0, 1) */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
