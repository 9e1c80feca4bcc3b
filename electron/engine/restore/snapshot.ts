import { messageOf, PermafrostError } from '../../../shared/errors';
import { snapshotSchema, type Snapshot } from '../archive/snapshot';
import type { Identity } from '../keys/identity';
import { AgeSource } from '../segment/age';
import { openBytes } from '../segment/ranged-source';
import type { ObjectStore, StoredObject } from '../store/port';

/** Larger ones are not of Permafrost: thousands of groups over thousands of partitions fit. */
const MAX_BYTES = 64 * 1024 * 1024;

/** @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_LIMIT, KEY_MISSING, KEY_WRONG; STORE_* */
export async function readSnapshot(
  store: ObjectStore,
  object: StoredObject,
  identities: readonly Identity[],
): Promise<Snapshot> {
  if (object.size > MAX_BYTES) {
    throw new PermafrostError('ARCHIVE_LIMIT', `${object.name} is too large for a snapshot: ${object.size} bytes.`, {
      context: { object: object.name },
    });
  }
  const { generation } = object;
  const body = await store.read(object.name, { start: 0, end: object.size, generation });
  return parse(object.name, object.name.endsWith('.age') ? await decrypted(body, identities) : body);
}

async function decrypted(body: Buffer, identities: readonly Identity[]): Promise<Buffer> {
  const source = await AgeSource.open(openBytes(body), identities);
  return source.read(0, source.size);
}

function parse(name: string, plain: Buffer): Snapshot {
  try {
    return snapshotSchema.parse(JSON.parse(plain.toString('utf8')));
  } catch (cause) {
    throw new PermafrostError('ARCHIVE_DAMAGED', `${name} is not a snapshot of this version: ${messageOf(cause)}`, {
      context: { object: name },
      cause,
    });
  }
}
