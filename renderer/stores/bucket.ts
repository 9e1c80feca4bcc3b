/** What the Bucket screen shows: the buckets, one bucket's objects, and what is selected of them. */
import { createStore } from 'zustand/vanilla';
import { asPermafrostError, type PermafrostError } from '../../shared/errors';
import type { BucketView, ObjectRef, ObjectRow } from '../../shared/model/archive';
import { request } from '../ipc/client';
import { rowId, type Place, type Sort } from './bucket-rows';
import { showScreen } from './frame';
import { activate, keepKnown, NOTHING_SELECTED, type Selection } from './selection';

export interface BucketState {
  /** null until the first answer */
  readonly buckets: readonly BucketView[] | null;
  readonly bucket: string | null;
  /** null until the first page */
  readonly rows: readonly ObjectRow[] | null;
  /** objects listed so far, null while nothing is being listed */
  readonly listed: number | null;
  readonly error: PermafrostError | null;
  readonly place: Place;
  readonly filter: string;
  readonly sort: Sort;
  readonly selection: Selection;
  readonly isDetailsOpen: boolean;
  /** a name to be shown as soon as it is listed */
  readonly wanted: string | null;
  /** the archive that is looked into: an object of the bucket, or a file */
  readonly opened: OpenedRef | null;
}

/** `path`: of a file on the disk, in place of an object */
export type OpenedRef = ObjectRef & { readonly path?: string };

const NOTHING_LISTED = {
  rows: null,
  error: null,
  place: { kind: 'all' },
  filter: '',
  selection: NOTHING_SELECTED,
  isDetailsOpen: false,
  wanted: null,
  opened: null,
} as const;

export const bucketStore = createStore<BucketState>(() => ({
  ...NOTHING_LISTED,
  buckets: null,
  bucket: null,
  listed: null,
  sort: { column: 'offsets', isDescending: false },
}));

/** One listing at a time: a later one makes the earlier give up. */
let listing = 0;

/** @param preferred shown first, when it is there and none was chosen yet */
export async function loadBuckets(preferred: string): Promise<void> {
  try {
    const buckets = await request('bucket.list');
    bucketStore.setState({ buckets });
    const { bucket } = bucketStore.getState();
    const isThere = (name: string | null): boolean => buckets.some((each) => each.name === name);
    const chosen = isThere(bucket) ? bucket : isThere(preferred) ? preferred : (buckets[0]?.name ?? null);
    if (chosen !== bucket || chosen === null) chooseBucket(chosen);
    await refresh();
  } catch (thrown) {
    bucketStore.setState({ error: asPermafrostError(thrown) });
  }
}

export function chooseBucket(bucket: string | null): void {
  listing += 1;
  // a file that was opened has nothing to do with the bucket
  bucketStore.setState(({ opened }) => ({
    ...NOTHING_LISTED,
    bucket,
    listed: null,
    opened: opened?.path === undefined ? null : opened,
  }));
}

/**
 * Lists the whole bucket. The first time rows appear as they come; later they take the place of the old ones at the
 * end, so that selection and scroll stay.
 */
export async function refresh(): Promise<void> {
  const { bucket, rows: before } = bucketStore.getState();
  if (bucket === null) return;
  const mine = ++listing;
  bucketStore.setState({ listed: 0, error: null });
  try {
    const rows: ObjectRow[] = [];
    let pageToken: string | null = null;
    do {
      const page: { readonly rows: readonly ObjectRow[]; readonly nextPageToken: string | null } = await request(
        'archive.list',
        { bucket, pageToken },
      );
      if (mine !== listing) return;
      rows.push(...page.rows);
      pageToken = page.nextPageToken;
      bucketStore.setState(before === null ? { listed: rows.length, rows: [...rows] } : { listed: rows.length });
    } while (pageToken !== null);
    const known = new Set(rows.map(rowId));
    bucketStore.setState(({ selection }) => ({ rows, listed: null, selection: keepKnown(selection, known) }));
    const { wanted } = bucketStore.getState();
    if (wanted !== null) showObject(wanted);
  } catch (thrown) {
    if (mine !== listing) return;
    const error = asPermafrostError(thrown);
    bucketStore.setState({ error, listed: null });
    if (error.code === 'STORE_NOT_FOUND') await leaveIfGone(bucket);
  }
}

/** A bucket that was deleted is left for another one. */
async function leaveIfGone(bucket: string): Promise<void> {
  const buckets = await request('bucket.list');
  bucketStore.setState({ buckets });
  if (buckets.some(({ name }) => name === bucket)) return;
  chooseBucket(buckets[0]?.name ?? null);
  await refresh();
}

const REFRESH_EVERY_MS = 2_000;
let refreshTimer: ReturnType<typeof setTimeout> | null = null;

/** Uploads come in bursts: one listing for all of them, and never two at once. */
export function bucketChanged(bucket: string): void {
  if (bucket !== bucketStore.getState().bucket || bucketStore.getState().rows === null) return;
  refreshTimer ??= setTimeout(() => {
    refreshTimer = null;
    if (bucketStore.getState().listed === null) void refresh();
    else bucketChanged(bucket);
  }, REFRESH_EVERY_MS);
}

export function select(change: (selection: Selection) => Selection): void {
  bucketStore.setState(({ selection }) => ({ selection: change(selection) }));
}

/** Shows one object's details, whatever place or filter hid it. */
export function showObject(name: string): void {
  const row = bucketStore.getState().rows?.find((each) => each.name === name);
  bucketStore.setState((state) => ({
    place: { kind: 'all' },
    filter: '',
    opened: null,
    wanted: row === undefined && state.wanted !== name ? name : null,
    isDetailsOpen: row !== undefined,
    selection: activate(state.selection, row === undefined ? null : rowId(row)),
  }));
}

export function lookInside(ref: ObjectRef | null): void {
  bucketStore.setState({ opened: ref === null ? null : { name: ref.name, generation: ref.generation } });
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
