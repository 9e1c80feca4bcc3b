/** The archive that is looked into: opened once, its records fetched page by page as they come into sight. */
import { createStore } from 'zustand/vanilla';
import { asPermafrostError, type PermafrostError } from '../../shared/errors';
import type { ObjectRef, OpenedArchive, RecordRow } from '../../shared/model/archive';
import { request } from '../ipc/client';

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
}

const NOTHING_OPEN: PreviewState = { archive: null, error: null, bytesRead: 0, pages: new Map(), active: null };

export const previewStore = createStore<PreviewState>(() => NOTHING_OPEN);

/** Each opening gets a number: answers to an earlier one are dropped. */
let opening = 0;
let wanted = { first: 0, end: 0 };
let isFetching = false;

export async function openPreview(bucket: string, ref: ObjectRef): Promise<void> {
  const mine = ++opening;
  wanted = { first: 0, end: 0 };
  isFetching = false;
  previewStore.setState(NOTHING_OPEN);
  try {
    const archive = await request('preview.open', { bucket, name: ref.name, generation: ref.generation });
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

export function rowAt({ pages }: PreviewState, index: number): RecordRow | null {
  return pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS] ?? null;
}

/** Rows [first, end) are in sight: what is missing of them is fetched, one page at a time, what was scrolled past is not. */
export function wantRows(first: number, end: number): void {
  wanted = { first, end };
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
