/** A search over all archives of a topic: what is looked for, and what was found so far; kept while a hit is looked at. */
import { createStore } from 'zustand/vanilla';
import { asPermafrostError, type PermafrostError } from '../../shared/errors';
import { EVERY_RECORD, type HitView, type SearchView } from '../../shared/model/search';
import { EMPTY_DRAFT, filterOf, type RecordDraft } from '../format/record-draft';
import { request } from '../ipc/client';
import { bucketStore, lookInside } from './bucket';
import { showScreen } from './frame';
import { goToRecord, previewStore } from './preview';

export interface SearchDraft extends RecordDraft {
  readonly topic: string;
  readonly partition: string;
}

export interface SearchState {
  /** shown in place of the list */
  readonly isOpen: boolean;
  readonly draft: SearchDraft;
  /** null before the first */
  readonly jobId: string | null;
  readonly hits: readonly HitView[];
  /** the last look; null before the first */
  readonly view: Omit<SearchView, 'hits'> | null;
  /** why it did not begin, or broke off */
  readonly error: PermafrostError | null;
}

export const searchStore = createStore<SearchState>(() => ({
  isOpen: false,
  draft: { ...EMPTY_DRAFT, topic: '', partition: '' },
  jobId: null,
  hits: [],
  view: null,
  error: null,
}));

const LOOK_EVERY_MS = 250;

/** In the topic and partition that the tree stands at. */
export function openSearch(): void {
  const { place } = bucketStore.getState().query;
  const topic = place.kind === 'all' ? '' : 'topic' in place ? place.topic : '';
  const partition = 'partition' in place ? String(place.partition) : '';
  searchStore.setState(({ draft }) => ({
    isOpen: true,
    draft: topic === '' ? draft : { ...draft, topic, partition },
  }));
  bucketStore.setState({ isSettingsOpen: false });
  lookInside(null);
  showScreen('bucket');
}

export function closeSearch(): void {
  searchStore.setState({ isOpen: false });
}

export function editSearch(change: Partial<SearchDraft>): void {
  searchStore.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
}

export async function startSearch(): Promise<void> {
  const { draft } = searchStore.getState();
  const { bucket } = bucketStore.getState();
  if (bucket === null) return;
  await stopSearch();
  searchStore.setState({ jobId: null, hits: [], view: null, error: null });
  try {
    const { jobId } = await request('search.start', {
      bucket,
      topic: draft.topic,
      partition: draft.partition === '' ? null : Number(draft.partition),
      filter: filterOf(draft) ?? EVERY_RECORD,
    });
    searchStore.setState({ jobId });
  } catch (thrown) {
    searchStore.setState({ error: asPermafrostError(thrown) });
  }
}

/** Looks what was found, until it has ended. @param isRunning whether its job still runs */
export async function followSearch(jobId: string, isRunning: () => boolean): Promise<void> {
  for (;;) {
    const isLast = !isRunning();
    const { hits: known } = searchStore.getState();
    const found = await request('search.look', { jobId, from: known.length });
    if (found === null || searchStore.getState().jobId !== jobId) return;
    const { hits, ...view } = found;
    searchStore.setState({ hits: hits.length === 0 ? known : [...known, ...hits], view });
    if (hits.length > 0) continue;
    if (isLast) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

export async function stopSearch(): Promise<void> {
  const { jobId, view } = searchStore.getState();
  if (jobId !== null && view?.end === null) await request('job.cancel', { id: jobId });
}

/** Opens the archive at the record; Back leads to the hits again. */
export function openHit({ name, generation, row }: HitView): void {
  const stop = previewStore.subscribe(({ archive, error }) => {
    if (archive === null && error === null) return;
    stop();
    if (archive !== null) void goToRecord('offset', row.offset);
  });
  lookInside({ name, generation });
}
