/**
 * Brings a catalog up to date: by a listing of all names, or, where that asks less, by what was added to its chains.
 */
import type { ObjectRow } from '../../../../shared/model/archive';
import type { ObjectStore, StoredObject } from '../../store/port';
import { describeObject } from '../list';
import { listAll } from '../list-all';
import { Catalog, isChain, type Folders } from './catalog';

const PAGE_SIZE = 1_000;
const FOLDERS_AT_ONCE = 8;

export interface RefreshOptions {
  readonly signal: AbortSignal;
  /** objects that came in so far */
  readonly onListed: (objects: number) => void;
}

/**
 * Lists all of the bucket.
 * @param into gets each page as it comes; empty
 * @throws PermafrostError STORE_*; CANCELLED
 */
export async function listWhole(
  store: ObjectStore,
  into: Catalog,
  { signal, onListed, now }: RefreshOptions & { readonly now: number },
): Promise<void> {
  for await (const objects of listAll(store, signal)) {
    into.add(objects.map(describeObject));
    onListed(into.objects);
  }
  into.listedAt = now;
}

/** Whether asking each folder for what is new takes fewer requests than listing all. */
export function isWorthAsking({ folders, objects }: Catalog): boolean {
  const above = new Set<string>();
  for (const folder of folders.keys()) {
    const steps = folder.split('/').slice(0, -2);
    for (let depth = 0; depth <= steps.length; depth += 1) above.add(steps.slice(0, depth).join('/'));
  }
  return folders.size + above.size < objects / PAGE_SIZE;
}

/**
 * What is in the bucket now, by asking each chain for what comes behind its last known object, and anything else for
 * all it holds. What was deleted from within a chain, or changed its class there, is not noticed.
 * @param known is left as it is
 * @param changed folders that are asked for all they hold
 * @throws PermafrostError STORE_*; CANCELLED
 */
export async function listAdded(
  store: ObjectStore,
  known: Catalog,
  changed: ReadonlySet<string>,
  { signal, onListed }: RefreshOptions,
): Promise<Catalog> {
  const found = new Map<string, readonly ObjectRow[]>();
  let listed = 0;
  const tell = (more: number): void => onListed((listed += more));
  const waiting = [''];
  const listOne = async (folder: string): Promise<void> => {
    const before = isChain(folder) && !changed.has(folder) ? (known.folders.get(folder) ?? []) : [];
    const { rows, folders } = await listFolder(store, folder, before, signal, tell);
    if (rows.length > 0) found.set(folder, rows);
    waiting.push(...folders);
  };
  await drain(waiting, FOLDERS_AT_ONCE, listOne);
  return catalogOf(found, known.listedAt);
}

/** Folders in the order of a listing of all. */
function catalogOf(found: Folders, listedAt: number | null): Catalog {
  const catalog = new Catalog();
  for (const folder of [...found.keys()].sort()) catalog.addFolder(folder, found.get(folder) ?? []);
  catalog.listedAt = listedAt;
  return catalog;
}

interface Listed {
  readonly rows: readonly ObjectRow[];
  readonly folders: readonly string[];
}

/** @param before what is known of it, when only what comes behind is asked for */
async function listFolder(
  store: ObjectStore,
  folder: string,
  before: readonly ObjectRow[],
  signal: AbortSignal,
  tell: (objects: number) => void,
): Promise<Listed> {
  const last = before.at(-1);
  const objects: StoredObject[] = [];
  const folders: string[] = [];
  let pageToken: string | null = null;
  do {
    const page = await store.list({
      ...{ prefix: folder, delimiter: '/', signal },
      ...(last === undefined ? {} : { startOffset: last.name }),
      ...(pageToken === null ? {} : { pageToken }),
    });
    objects.push(...page.objects);
    folders.push(...page.prefixes);
    tell(page.objects.length);
    ({ nextPageToken: pageToken } = page);
  } while (pageToken !== null);
  if (last === undefined) return { rows: objects.map(describeObject), folders };
  const [first, ...added] = objects;
  // the end of what is known is no longer there: so nothing of it can be relied on
  if (first?.generation !== last.generation) return listFolder(store, folder, [], signal, tell);
  return { rows: added.length === 0 ? before : [...before, ...added.map(describeObject)], folders };
}

/** Works on all that is waiting, and on what comes in meanwhile. The first failure ends it. */
async function drain<Item>(waiting: Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  let running = 0;
  await new Promise<void>((resolve, reject) => {
    const next = (): void => {
      while (running < atOnce && waiting.length > 0) {
        running += 1;
        work(waiting.shift() as Item).then(() => {
          running -= 1;
          next();
        }, reject);
      }
      if (running === 0) resolve();
    };
    next();
  });
}
