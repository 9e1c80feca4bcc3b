/** The way back of a snapshot: found, opened, checked. See docs/FORMAT.md, "Snapshots". */
import { PermafrostError } from '../../../shared/errors';
import { parseSnapshot, type Snapshot } from '../archive/snapshot';
import type { Identity } from '../keys/identity';
import { AgeSource } from '../segment/age';
import { openBytes } from '../segment/ranged-source';
import { parseSnapshotFacts } from '../store/snapshot-metadata';
import { isSnapshotName, snapshotPrefix } from '../store/snapshot-names';
import type { ListPage, ObjectStore, StoredObject } from '../store/port';
import { Crc32c } from './crc32c';
import { aboutObject } from './open-archive';

/** Larger ones are not of Permafrost: thousands of groups over thousands of partitions fit. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * All snapshots under a prefix, those of one cluster in the order of writing: the last one is the latest.
 * @throws PermafrostError STORE_*; CANCELLED
 */
export async function listSnapshots(
  store: ObjectStore,
  prefix: string,
  { clusterId, signal }: { readonly clusterId?: string; readonly signal?: AbortSignal } = {},
): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = [];
  let pageToken: string | null = null;
  do {
    const page: ListPage = await store.list({
      prefix: snapshotPrefix(prefix, clusterId),
      ...(pageToken === null ? {} : { pageToken }),
      ...(signal === undefined ? {} : { signal }),
    });
    found.push(...page.objects.filter(({ name }) => isSnapshotName(name)));
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  return found;
}

/** A snapshot, and the JSON it was read from. */
export interface OpenedSnapshot {
  readonly snapshot: Snapshot;
  readonly plain: Buffer;
}

/** @throws PermafrostError as openSnapshot */
export async function readSnapshot(
  store: ObjectStore,
  object: StoredObject,
  identities: readonly Identity[],
  signal?: AbortSignal,
): Promise<Snapshot> {
  return (await openSnapshot(store, object, identities, signal)).snapshot;
}

/**
 * @param identities all private keys at hand
 * @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_UNKNOWN_VERSION, ARCHIVE_LIMIT; KEY_MISSING with context.wanted;
 * STORE_NOT_FOUND when it was deleted or replaced since it was listed; STORE_*; CANCELLED
 */
export async function openSnapshot(
  store: ObjectStore,
  object: StoredObject,
  identities: readonly Identity[],
  signal?: AbortSignal,
): Promise<OpenedSnapshot> {
  const { name, size, generation } = object;
  if (size > MAX_BYTES) {
    throw new PermafrostError('ARCHIVE_LIMIT', `${name} is too large for a snapshot: ${size} bytes.`, {
      context: { object: name },
    });
  }
  const facts = 'permafrost-snapshot' in object.metadata ? parseSnapshotFacts(object) : null;
  const body = await store.read(name, { start: 0, end: size, generation, ...(signal === undefined ? {} : { signal }) });
  assertWhole(object, body);
  const plain = name.endsWith('.age') ? await aboutObject(object, facts, () => decrypt(body, identities)) : body;
  return { snapshot: parseSnapshot(name, plain, facts?.digest ?? null), plain };
}

async function decrypt(body: Buffer, identities: readonly Identity[]): Promise<Buffer> {
  const source = await AgeSource.open(openBytes(body), identities);
  return source.read(0, source.size);
}

/** Without encryption nothing else protects it against a changed bit, but the digest, and that may be gone. */
function assertWhole({ name, crc32c }: StoredObject, body: Buffer): void {
  const checksum = new Crc32c();
  checksum.update(body);
  if (checksum.base64 === crc32c) return;
  throw new PermafrostError(
    'ARCHIVE_DAMAGED',
    `${name} is damaged: its crc32c is ${checksum.base64}, the bucket says ${crc32c}.`,
    { context: { object: name } },
  );
}
