/**
 * What the Bucket screen shows: the buckets, a view of what one of them holds, and the rows in sight. All rows lie in a
 * thread; here are those around what is scrolled to.
 */
import { createStore } from 'zustand/vanilla';
import { asPermafrostError, fromPlainError, type PermafrostError } from '../../shared/errors';
import type { BucketView, ObjectRef, ObjectRow } from '../../shared/model/archive';
import {
  NO_FILTER,
  WHOLE_BUCKET,
  type CatalogQuery,
  type CatalogRow,
  type CatalogView,
  type ObjectFilter,
  type Place,
  type Sort,
  type Tick,
} from '../../shared/model/catalog';
import { isFolder } from '../../shared/model/connection';
import { request } from '../ipc/client';
import { frameStore, showScreen } from './frame';
import { attempt } from './report';
import { shareUnchanged } from './share-unchanged';

export interface BucketState {
  /** null until the first answer */
  readonly buckets: readonly BucketView[] | null;
  readonly bucket: string | null;
  readonly query: CatalogQuery;
  /** null until the first look */
  readonly view: CatalogView | null;
  /** rows by page number, PAGE_ROWS each; only those around what is in sight */
  readonly pages: Readonly<Record<number, readonly CatalogRow[]>>;
  readonly error: PermafrostError | null;
  /** the row of the details, where the keyboard stands; null for none */
  readonly active: ActiveRow | null;
  /** where a range begins */
  readonly anchor: ObjectRef | null;
  readonly isDetailsOpen: boolean;
  /** on its way to the thread: shown as if it were done */
  readonly ticking: Tick | null;
  /** a name to be shown as soon as it is listed */
  readonly wanted: string | null;
  /** the archive that is looked into: an object of the bucket, or a file */
  readonly opened: OpenedRef | null;
  /** how the bucket is set up is shown in place of the list */
  readonly isSettingsOpen: boolean;
}

export interface ActiveRow {
  readonly row: ObjectRow;
  /** among what is shown; null when it is hidden, or not known yet */
  readonly index: number | null;
}

/** `path`: of a file on the disk, in place of an object */
export type OpenedRef = ObjectRef & { readonly path?: string };

export const PAGE_ROWS = 100;
/** Pages in front of and behind what is in sight, so that scrolling finds them there. */
const PAGES_AROUND = 2;

const NOTHING_LISTED = {
  view: null,
  pages: {},
  error: null,
  active: null,
  anchor: null,
  isDetailsOpen: false,
  ticking: null,
  wanted: null,
  opened: null,
  isSettingsOpen: false,
} as const;

export const bucketStore = createStore<BucketState>(() => ({
  ...NOTHING_LISTED,
  query: WHOLE_BUCKET,
  buckets: null,
  bucket: null,
}));

export function refOf({ name, generation }: ObjectRef): ObjectRef {
  return { name, generation };
}

export function isSame(one: ObjectRef | null | undefined, other: ObjectRef | null | undefined): boolean {
  return one?.name === other?.name && one?.generation === other?.generation;
}

/** null while that row is on its way */
export function rowAt({ pages }: Pick<BucketState, 'pages'>, index: number): CatalogRow | null {
  return pages[Math.floor(index / PAGE_ROWS)]?.[index % PAGE_ROWS] ?? null;
}

/** @param preferred shown first, when it is there and none was chosen yet */
export async function loadBuckets(preferred: string): Promise<void> {
  try {
    const buckets = await request('bucket.list');
    bucketStore.setState({ buckets });
    const { bucket, view } = bucketStore.getState();
    const isThere = (name: string | null): boolean => buckets.some((each) => each.name === name);
    const chosen = isThere(bucket) ? bucket : isThere(preferred) ? preferred : (buckets[0]?.name ?? null);
    if (chosen !== bucket || chosen === null) chooseBucket(chosen);
    else if (view !== null) await request('catalog.refresh', { bucket: chosen, kind: 'added' });
    await look();
  } catch (thrown) {
    bucketStore.setState({ error: asPermafrostError(thrown) });
  }
}

export function chooseBucket(bucket: string | null): void {
  // a file that was opened has nothing to do with the bucket
  bucketStore.setState(({ bucket: before, opened, isSettingsOpen, query: { sort } }) => ({
    ...NOTHING_LISTED,
    query: { ...WHOLE_BUCKET, sort },
    bucket,
    opened: opened?.path === undefined ? null : opened,
    // asked for before it was known which bucket there is
    isSettingsOpen: isSettingsOpen && before === null && bucket !== null && !isFolder(bucket),
  }));
}

/** Lists all of the bucket again. */
export async function refresh(): Promise<void> {
  const { bucket } = bucketStore.getState();
  if (bucket === null) return;
  await request('catalog.refresh', { bucket, kind: 'all' });
  await look();
}

let looking: Promise<void> | null = null;
let isOutdated = false;

/** Brings the view and the rows in sight up to date. One look at a time; what changes meanwhile makes one more. */
export function look(): Promise<void> {
  isOutdated = true;
  looking ??= lookAgain().finally(() => (looking = null));
  return looking;
}

async function lookAgain(): Promise<void> {
  while (isOutdated) {
    isOutdated = false;
    const { bucket, query, active } = bucketStore.getState();
    if (bucket === null) return;
    try {
      await lookOnce(bucket, query, active);
    } catch (thrown) {
      if (bucket === bucketStore.getState().bucket) bucketStore.setState({ error: asPermafrostError(thrown) });
    }
  }
}

async function lookOnce(bucket: string, query: CatalogQuery, active: ActiveRow | null): Promise<void> {
  const view = await request('catalog.look', { bucket, query, active: active === null ? null : refOf(active.row) });
  const pages = await pagesAround(bucket, view.shown);
  const now = bucketStore.getState();
  if (now.bucket !== bucket || now.query !== query) {
    isOutdated = true;
    return;
  }
  const isActiveKept = isSame(now.active?.row, active?.row);
  bucketStore.setState({
    view: shareUnchanged(now.view, view),
    pages: shareUnchanged(now.pages, pages),
    error: view.error === null ? null : fromPlainError(view.error),
    ticking: now.ticking === lastTicked ? null : now.ticking,
    active: isActiveKept ? shareUnchanged(now.active, view.active) : now.active,
    isDetailsOpen: now.isDetailsOpen && !(isActiveKept && view.active === null),
  });
  if (view.error?.code === 'STORE_NOT_FOUND') await leaveIfGone(bucket);
  else if (now.wanted !== null) await showIfListed(now.wanted);
}

/** Rows in sight: [first, end). */
let inSight = { first: 0, end: PAGE_ROWS };

async function pagesAround(bucket: string, shown: number): Promise<BucketState['pages']> {
  const first = Math.max(0, Math.floor(inSight.first / PAGE_ROWS) - PAGES_AROUND);
  const end = Math.min(Math.ceil(shown / PAGE_ROWS), Math.ceil(inSight.end / PAGE_ROWS) + PAGES_AROUND);
  if (first >= end) return {};
  const count = (end - first) * PAGE_ROWS;
  const { rows } = await request('catalog.rows', { bucket, from: first * PAGE_ROWS, count });
  return Object.fromEntries(
    Array.from({ length: end - first }, (_, page) => [
      first + page,
      rows.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS),
    ]),
  );
}

/** What the table shows: pages around it are fetched when they are not there. */
export function showRows(first: number, end: number): void {
  inSight = { first, end };
  const { pages, view } = bucketStore.getState();
  if (view === null || view.shown === 0) return;
  const last = Math.min(end, view.shown) - 1;
  const wanted = [Math.max(0, first - PAGE_ROWS), Math.min(view.shown - 1, last + PAGE_ROWS)];
  if (wanted.some((index) => pages[Math.floor(index / PAGE_ROWS)] === undefined)) void look();
}

/** Another place, filter or order. */
export function ask(change: {
  readonly place?: Place;
  readonly filter?: Partial<ObjectFilter>;
  readonly sort?: Sort;
}): void {
  bucketStore.setState(({ query }) => ({
    query: { ...query, ...change, filter: { ...query.filter, ...change.filter } },
  }));
  void look();
}

/** A bucket that was deleted is left for another one. */
async function leaveIfGone(bucket: string): Promise<void> {
  const buckets = await request('bucket.list');
  bucketStore.setState({ buckets });
  if (buckets.some(({ name }) => name === bucket)) return;
  chooseBucket(buckets[0]?.name ?? null);
  isOutdated = true;
}

const REFRESH_EVERY_MS = 2_000;
let refreshTimer: ReturnType<typeof setTimeout> | null = null;

/** Uploads come in bursts: one listing for all of them. While the screen is not shown its next visit asks. */
export function bucketChanged(bucket: string): void {
  refreshTimer ??= setTimeout(() => {
    refreshTimer = null;
    const { bucket: shown, view } = bucketStore.getState();
    if (shown !== bucket || view === null || frameStore.getState().screen !== 'bucket') return;
    attempt(() => request('catalog.refresh', { bucket, kind: 'added' }));
  }, REFRESH_EVERY_MS);
}

/** The thread says that its rows have moved. */
export function catalogMoved(bucket: string): void {
  if (bucket === bucketStore.getState().bucket) void look();
}

/** The thread has done it: rows that come from now on tell it. */
let lastTicked: Tick | null = null;

export function tick(change: Tick): void {
  const { bucket } = bucketStore.getState();
  if (bucket === null) return;
  bucketStore.setState({ ticking: change });
  attempt(async () => {
    try {
      await request('catalog.tick', { bucket, tick: change });
    } finally {
      lastTicked = change;
      await look();
    }
  });
}

/** What the thread said of a row, but for what is on its way. */
export function isTicked({ ticking }: Pick<BucketState, 'ticking'>, { row, isTicked: was }: CatalogRow): boolean {
  switch (ticking?.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'toggle':
      return isSame(ticking.object, row) ? !was : was;
    case 'range':
    case undefined:
      return was;
  }
}

/** The row that the details and the keyboard are about. */
export function activate(row: ObjectRow, index: number): void {
  bucketStore.setState({ active: { row, index }, anchor: refOf(row) });
}

/** One more or one less; the next range begins there. */
export function toggle(ref: ObjectRef): void {
  bucketStore.setState({ anchor: refOf(ref) });
  tick({ kind: 'toggle', object: refOf(ref) });
}

/** All between the anchor and this row, which becomes the active one. */
export function extendTo(row: ObjectRow, index: number): void {
  const { anchor } = bucketStore.getState();
  bucketStore.setState({ active: { row, index } });
  tick({ kind: 'range', from: anchor, to: refOf(row) });
}

/** The row so many steps from the active one; the first when there is none. null: nothing is shown */
export async function rowStepped(by: number): Promise<ActiveRow | null> {
  const state = bucketStore.getState();
  const { bucket, view, active } = state;
  if (bucket === null || view === null || view.shown === 0) return null;
  const from = active?.index ?? null;
  const index = from === null ? 0 : Math.max(0, Math.min(view.shown - 1, from + by));
  const near = rowAt(state, index)?.row;
  if (near !== undefined) return { row: near, index };
  const { rows } = await request('catalog.rows', { bucket, from: index, count: 1 });
  const [far] = rows;
  return far === undefined ? null : { row: far.row, index };
}

/** Shows one object's details, whatever place or filter hid it; as soon as it is listed. */
export function showObject(name: string): void {
  bucketStore.setState(({ query }) => ({
    query: { ...query, place: { kind: 'all' }, filter: NO_FILTER },
    ...{ opened: null, isSettingsOpen: false, active: null, anchor: null, isDetailsOpen: false, wanted: name },
  }));
  void look();
}

async function showIfListed(name: string): Promise<void> {
  const { bucket } = bucketStore.getState();
  if (bucket === null) return;
  const row = await request('catalog.find', { bucket, name });
  if (row === null || bucketStore.getState().wanted !== name) return;
  bucketStore.setState({ active: { row, index: null }, anchor: refOf(row), isDetailsOpen: true, wanted: null });
  isOutdated = true; // where it stands comes with the next look
}

export function lookInside(ref: ObjectRef | null): void {
  bucketStore.setState({ opened: ref === null ? null : refOf(ref) });
}

export function lookInsideFile(file: { readonly path: string; readonly name: string }): void {
  bucketStore.setState({ opened: { name: file.name, generation: '0', path: file.path } });
  showScreen('bucket');
}

/** Asks for a file, and looks inside. */
export async function chooseArchiveFile(): Promise<void> {
  const file = await request('preview.chooseFile');
  if (file !== null) lookInsideFile(file);
}
