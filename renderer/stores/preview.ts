/** The archive that is looked into: opened once, its records fetched page by page as they come into sight. */
import { createStore } from 'zustand/vanilla';
import { asPermafrostError, type PermafrostError } from '../../shared/errors';
import type { OpenedArchive, RecordRow } from '../../shared/model/archive';
import { EVERY_RECORD, type RecordFilter } from '../../shared/model/search';
import { request } from '../ipc/client';
import type { OpenedRef } from './bucket';

export const PAGE_ROWS = 100;

export interface PreviewState {
  /** null while it is being opened */
  readonly archive: OpenedArchive | null;
  /** why it can't be opened or read */
  readonly error: PermafrostError | null;
  readonly bytesRead: number;
  /** page number to rows; pages that were not in sight yet are not there */
  readonly pages: ReadonlyMap<number, readonly RecordRow[]>;
  /** index of the record that is shown */
  readonly active: number | null;
  /** null: all records are shown */
  readonly filtering: Filtering | null;
  /** a row to scroll to; a new object each time */
  readonly goTo: { readonly row: number } | null;
}

export interface Filtering {
  readonly filter: RecordFilter;
  readonly rows: readonly RecordRow[];
  /** it looks for more */
  readonly isScanning: boolean;
  /** everything was looked through */
  readonly isDone: boolean;
  /** why the filter can't be read */
  readonly error: PermafrostError | null;
}

const NOTHING_OPEN: PreviewState = {
  archive: null,
  error: null,
  bytesRead: 0,
  pages: new Map(),
  active: null,
  filtering: null,
  goTo: null,
};

export const previewStore = createStore<PreviewState>(() => NOTHING_OPEN);

/** Each opening gets a number: answers to an earlier one are dropped. */
let opening = 0;
let wanted = { first: 0, end: 0 };
let isFetching = false;

export async function openPreview(bucket: string, ref: OpenedRef): Promise<void> {
  const mine = ++opening;
  wanted = { first: 0, end: 0 };
  isFetching = false;
  previewStore.setState(NOTHING_OPEN);
  try {
    const { name, generation, path } = ref;
    const archive =
      path === undefined
        ? await request('preview.open', { bucket, name, generation })
        : await request('preview.openFile', { path });
    if (mine !== opening) {
      await request('preview.close', { handle: archive.handle });
      return;
    }
    previewStore.setState({ archive, bytesRead: archive.bytesRead });
    wantRows(0, PAGE_ROWS);
  } catch (thrown) {
    if (mine === opening) previewStore.setState({ error: asPermafrostError(thrown) });
  }
}

export async function closePreview(): Promise<void> {
  opening += 1;
  const { archive } = previewStore.getState();
  previewStore.setState(NOTHING_OPEN);
  if (archive !== null) await request('preview.close', { handle: archive.handle });
}

export function rowAt({ pages, filtering }: PreviewState, index: number): RecordRow | null {
  if (filtering !== null) return filtering.rows[index] ?? null;
  return pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS] ?? null;
}

/** Rows [first, end) are in sight: what is missing of them is fetched, one page at a time, what was scrolled past is not. */
export function wantRows(first: number, end: number): void {
  wanted = { first, end };
  const { filtering } = previewStore.getState();
  if (filtering !== null) {
    if (!filtering.isScanning && !filtering.isDone && end > filtering.rows.length - PAGE_ROWS) void scan(scanning);
    return;
  }
  if (!isFetching) void fetchMissing(opening);
}

async function fetchMissing(mine: number): Promise<void> {
  isFetching = true;
  try {
    for (let page = missingPage(); page !== null; page = missingPage()) {
      const { archive } = previewStore.getState();
      if (archive === null) return;
      const from = page * PAGE_ROWS;
      const count = Math.min(PAGE_ROWS, archive.records - from);
      const rows = await fetchPage(archive.handle, from, count, mine);
      if (rows === null) return;
      previewStore.setState(({ pages, active }) => ({
        pages: new Map(pages).set(from / PAGE_ROWS, rows),
        active: active ?? (from === 0 && rows.length > 0 ? 0 : null),
      }));
    }
  } catch (thrown) {
    if (mine === opening) previewStore.setState({ error: asPermafrostError(thrown) });
  } finally {
    if (mine === opening) isFetching = false;
  }
}

/** An answer may hold fewer rows than were asked for, when they are large. @returns null when it was closed meanwhile */
async function fetchPage(handle: string, from: number, count: number, mine: number): Promise<RecordRow[] | null> {
  const rows: RecordRow[] = [];
  while (rows.length < count) {
    const page = await request('preview.records', { handle, from: from + rows.length, count: count - rows.length });
    if (mine !== opening) return null;
    previewStore.setState({ bytesRead: page.bytesRead });
    if (page.rows.length === 0) break;
    rows.push(...page.rows);
  }
  return rows;
}

function missingPage(): number | null {
  const { archive, pages, error } = previewStore.getState();
  if (archive === null || error !== null) return null;
  const end = Math.min(wanted.end, archive.records);
  for (let page = Math.floor(wanted.first / PAGE_ROWS); page * PAGE_ROWS < end; page += 1) {
    if (!pages.has(page)) return page;
  }
  return null;
}

const MATCHES_AT_ONCE = 200;
/** Each filter gets a number, as each opening does. */
let scanning = 0;

/** Shows what fits, as it is found. @param filter null: all records again */
export async function filterRecords(filter: RecordFilter | null): Promise<void> {
  const { archive } = previewStore.getState();
  if (archive === null) return;
  const mine = ++scanning;
  if (filter === null) {
    previewStore.setState({ filtering: null, active: 0 });
    wantRows(0, PAGE_ROWS);
    return;
  }
  const filtering: Filtering = { filter, rows: [], isScanning: true, isDone: false, error: null };
  previewStore.setState({ filtering, active: null });
  wanted = { first: 0, end: 0 };
  try {
    await request('preview.filter', { handle: archive.handle, filter });
    if (mine === scanning) await scan(mine);
  } catch (thrown) {
    if (mine === scanning) changeFiltering({ isScanning: false, error: asPermafrostError(thrown) });
  }
}

/** What was found stays; scrolling to its end goes on. */
export function stopFiltering(): void {
  scanning += 1;
  changeFiltering({ isScanning: false });
}

/** Looks for more until there is a page behind what is in sight. */
async function scan(mine: number): Promise<void> {
  changeFiltering({ isScanning: true });
  const mineOpened = opening;
  try {
    for (;;) {
      const { archive, filtering } = previewStore.getState();
      if (archive === null || filtering === null) return;
      const page = await request('preview.matches', { handle: archive.handle, count: MATCHES_AT_ONCE });
      const now = previewStore.getState().filtering;
      if (mineOpened !== opening || now?.filter !== filtering.filter) return;
      const rows = [...now.rows, ...page.rows];
      changeFiltering({ rows, isDone: page.isDone });
      previewStore.setState(({ active }) => ({
        bytesRead: page.bytesRead,
        active: active ?? (rows.length > 0 ? 0 : null),
      }));
      if (mine !== scanning) return;
      if (page.isDone || rows.length >= wanted.end + PAGE_ROWS) break;
    }
    changeFiltering({ isScanning: false });
  } catch (thrown) {
    if (mineOpened === opening) previewStore.setState({ error: asPermafrostError(thrown) });
  }
}

function changeFiltering(change: Partial<Filtering>): void {
  previewStore.setState(({ filtering }) => ({ filtering: filtering === null ? null : { ...filtering, ...change } }));
}

/** To the first record at or behind an offset or a time. @param at decimal digits; ms since 1970 for a time */
export async function goToRecord(by: 'offset' | 'time', at: string): Promise<void> {
  const { archive } = previewStore.getState();
  if (archive === null) return;
  const mine = opening;
  const { row } = await request('preview.row', { handle: archive.handle, by, at });
  if (mine !== opening) return;
  const active = Math.max(0, Math.min(row, archive.records - 1));
  previewStore.setState({ active, goTo: { row: active } });
}

/** Asks where to, and writes what is shown, all of it. */
export async function exportRecords(form: 'jsonl' | 'csv'): Promise<void> {
  const { archive, filtering } = previewStore.getState();
  if (archive === null) return;
  await request('preview.export', { handle: archive.handle, filter: filtering?.filter ?? EVERY_RECORD, form });
}
