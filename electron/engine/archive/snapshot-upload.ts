/** The snapshots of a cluster in the bucket: the last one there, and a new one behind it. Nothing is overwritten. */
import { crc32c } from '@node-rs/crc32';
import { PermafrostError } from '../../../shared/errors';
import type { Recipient } from '../keys/stanza';
import { AgeSealer } from '../segment/age';
import type { ListPage, ObjectStore, StoredObject } from '../store/port';
import { retrying, type RetryOptions } from '../store/retry';
import { snapshotMetadata } from '../store/snapshot-metadata';
import { isSnapshotName, parseSnapshotName, snapshotName, snapshotPrefix, timeInName } from '../store/snapshot-names';
import { digestOf, encodeSnapshot, type Snapshot } from './snapshot';

const DAY_MS = 24 * 60 * 60 * 1_000;
const SECOND_MS = 1_000;
/** Two writers at once are rare and take turns; more seconds than this are not taken by chance. */
const NAMES_TRIED = 5;

/**
 * The last one by name. Of years of snapshots only the latest are listed.
 * @param from name of one that was seen there; null when none was
 * @param now ms since 1970
 * @throws PermafrostError STORE_*; CANCELLED
 */
export async function findLastSnapshot(
  store: ObjectStore,
  prefix: string,
  clusterId: string,
  { from, now, signal }: { readonly from: string | null; readonly now: number; readonly signal: AbortSignal },
): Promise<StoredObject | null> {
  const folder = snapshotPrefix(prefix, clusterId);
  const starts = [from, `${folder}${timeInName(now - DAY_MS)}`, `${folder}${timeInName(now - 30 * DAY_MS)}`, folder];
  for (const startOffset of starts) {
    if (startOffset === null) continue;
    const last = await lastListed(store, folder, startOffset, signal);
    if (last !== null) return last;
  }
  return null;
}

async function lastListed(
  store: ObjectStore,
  prefix: string,
  startOffset: string,
  signal: AbortSignal,
): Promise<StoredObject | null> {
  let last: StoredObject | null = null;
  let pageToken: string | null = null;
  do {
    const more = pageToken === null ? {} : { pageToken };
    const page: ListPage = await store.list({ prefix, startOffset, signal, ...more });
    last = page.objects.findLast(({ name }) => isSnapshotName(name)) ?? last;
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  return last;
}

export interface SnapshotPlace {
  readonly prefix: string;
  /** empty: not encrypted */
  readonly recipients: readonly Recipient[];
  readonly storageClass: string | null;
}

/**
 * Named by the time it was taken, or by the second after the one before when the clock went back: so names sort in the
 * order of writing.
 * @throws PermafrostError STORE_*; CANCELLED
 */
export async function writeSnapshot(
  store: ObjectStore,
  snapshot: Snapshot,
  { prefix, recipients, storageClass }: SnapshotPlace,
  retry: RetryOptions,
): Promise<StoredObject> {
  const plain = encodeSnapshot(snapshot);
  const body = recipients.length === 0 ? [plain] : sealed(plain, recipients);
  const created = {
    body,
    crc32c: checksum(body),
    metadata: snapshotMetadata({
      clusterId: snapshot.clusterId,
      topics: snapshot.topics.length,
      groups: snapshot.groups.length,
      digest: digestOf(snapshot),
      recipients: recipients.map(({ fingerprint }) => fingerprint),
    }),
    storageClass,
  };
  const first = firstFreeTime(snapshot);
  for (let tried = 0; tried < NAMES_TRIED; tried += 1) {
    const name = snapshotName(prefix, snapshot.clusterId, first + tried * SECOND_MS, recipients.length > 0);
    const stored = await retrying(() => tryCreate(store, name, created, retry.signal), retry);
    if (stored !== null) return stored;
  }
  throw new PermafrostError(
    'STORE_CONFLICT',
    `Other snapshots take the names from ${timeInName(first)} on in ${store.location}. The next one is tried later.`,
  );
}

function firstFreeTime({ takenAt, previous }: Snapshot): number {
  const before = previous === null ? null : parseSnapshotName(previous);
  const taken = Date.parse(takenAt);
  return before === null ? taken : Math.max(taken, before.takenAt + SECOND_MS);
}

interface NewObject {
  readonly body: readonly Buffer[];
  readonly crc32c: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string | null;
}

/** @returns null when another one has the name; one's own, whose reply was lost, is as good as created */
async function tryCreate(
  store: ObjectStore,
  name: string,
  { body, crc32c: sum, metadata, storageClass }: NewObject,
  signal: AbortSignal | undefined,
): Promise<StoredObject | null> {
  try {
    return await store.create(name, body, {
      metadata,
      crc32c: sum,
      contentType: name.endsWith('.age') ? 'application/octet-stream' : 'application/json',
      ...(storageClass === null ? {} : { storageClass }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (thrown) {
    // 403 can hide a 412, see upload.ts
    if (!(thrown instanceof PermafrostError) || !['STORE_CONFLICT', 'STORE_DENIED'].includes(thrown.code)) throw thrown;
    const existing = await store.head(name, signal);
    if (existing === null) throw thrown;
    return existing.crc32c === sum ? existing : null;
  }
}

function sealed(plain: Buffer, recipients: readonly Recipient[]): Buffer[] {
  const sealer = new AgeSealer(recipients);
  return [sealer.head, ...sealer.push(plain), sealer.finish()];
}

function checksum(body: readonly Buffer[]): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(body.reduce((sum, piece) => crc32c(piece, sum), 0));
  return bytes.toString('base64');
}
