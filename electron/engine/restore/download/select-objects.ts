import { PermafrostError } from '../../../../shared/errors';
import { parseObjectName } from '../../store/object-names';
import type { ObjectStore, StoredObject } from '../../store/port';

export type Selection =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** everything under a prefix, whatever it is */
  | { readonly kind: 'prefix'; readonly prefix: string }
  /** archives of topics, of all their lives; null for all partitions */
  | {
      readonly kind: 'topics';
      readonly prefix: string;
      readonly topics: readonly string[];
      readonly partitions: readonly number[] | null;
    };

export interface SelectOptions {
  readonly signal: AbortSignal;
  /** takes a name that is not there */
  readonly onFailure: (error: PermafrostError) => void;
}

/**
 * The objects that a selection means, told by names alone, in name order; named ones in the order of the names.
 * @throws PermafrostError STORE_NOT_FOUND when a prefix or a topic has none; STORE_*; CANCELLED
 */
export async function selectObjects(
  store: ObjectStore,
  selection: Selection,
  options: SelectOptions,
): Promise<StoredObject[]> {
  if (selection.kind === 'names') return findNames(store, selection.names, options);
  const { prefix } = selection;
  if (selection.kind === 'prefix') {
    return assertSome(await listUnder(store, folderOf(prefix), options), `nothing under "${prefix}"`);
  }
  const found: StoredObject[] = [];
  for (const topic of new Set(selection.topics)) {
    const ofTopic = await listUnder(store, `${folderOf(prefix)}${topic}/`, options);
    const archives = ofTopic.filter(({ name }) => {
      const parsed = parseObjectName(name, prefix);
      return parsed !== null && (selection.partitions?.includes(parsed.partition) ?? true);
    });
    found.push(
      ...assertSome(archives, `no archive of ${topic} under "${prefix}"${partitionText(selection.partitions)}`),
    );
  }
  return found;
}

async function findNames(
  store: ObjectStore,
  names: readonly string[],
  { signal, onFailure }: SelectOptions,
): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for (const name of new Set(names)) {
    const object = await store.head(name, signal);
    if (object !== null) found.push(object);
    else {
      const message = `${name} is not in ${store.location}. Look at its name in a list of the bucket.`;
      onFailure(new PermafrostError('STORE_NOT_FOUND', message, { context: { object: name } }));
    }
  }
  return found;
}

async function listUnder(store: ObjectStore, prefix: string, { signal }: SelectOptions): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  let pageToken: string | null = null;
  do {
    const page = await store.list({ prefix, signal, ...(pageToken === null ? {} : { pageToken }) });
    found.push(...page.objects);
    ({ nextPageToken: pageToken } = page);
  } while (pageToken !== null);
  return found;
}

function assertSome(objects: StoredObject[], nothing: string): StoredObject[] {
  if (objects.length > 0) return objects;
  throw new PermafrostError('STORE_NOT_FOUND', `There is ${nothing}. Look at --prefix, and at the names.`);
}

function folderOf(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

function partitionText(partitions: readonly number[] | null): string {
  return partitions === null ? '' : ` in partition ${partitions.join(', ')}`;
}
