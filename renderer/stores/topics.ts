/** What the Topics screen shows, and what is being chosen there; kept while another screen is shown. */
import { createStore } from 'zustand/vanilla';
import { asPermafrostError, toPlainError, type PlainError } from '../../shared/errors';
import type { TopicsView } from '../../shared/model/topic';
import { chooser, type TopicChoice } from '../../shared/model/topic-choice';
import { request } from '../ipc/client';
import { shareUnchanged } from './share-unchanged';
import type { TopicColumn, TopicQuery } from './topic-lines';

export interface TopicsState {
  /** the connection whose topics these are */
  readonly connection: string | null;
  /** null until the first answer */
  readonly view: TopicsView | null;
  /** the answer whose figures decide the order of the rows */
  readonly orderedBy: TopicsView | null;
  /** why the last question was not answered */
  readonly error: PlainError | null;
  readonly isAsking: boolean;
  /** what is being chosen; null: as it is saved */
  readonly draft: TopicChoice | null;
  readonly isSaving: boolean;
  /** why it was not saved */
  readonly saveProblem: string | null;
  /** a pattern that is being typed */
  readonly patternText: string;
  readonly query: TopicQuery;
  /** the topic whose details are open */
  readonly active: string | null;
}

export const FIRST_QUERY: TopicQuery = {
  text: '',
  show: 'all',
  withInternal: false,
  sort: { column: 'name', isDescending: false },
};

const NOTHING_YET: TopicsState = {
  ...{ connection: null, view: null, orderedBy: null, error: null, isAsking: false },
  ...{ draft: null, isSaving: false, saveProblem: null, patternText: '', query: FIRST_QUERY, active: null },
};

export const topicsStore = createStore<TopicsState>(() => NOTHING_YET);

/** Another connection's topics are not these. */
export function beginTopics(connection: string | null): void {
  if (topicsStore.getState().connection !== connection) topicsStore.setState({ ...NOTHING_YET, connection });
}

let questions = 0;

/** Asks Kafka. @param isOrdered the rows may find a new order: the user has asked */
export async function loadTopics(isOrdered = true): Promise<void> {
  const { connection } = topicsStore.getState();
  const question = (questions += 1);
  topicsStore.setState({ isAsking: true });
  const isOld = (): boolean => question !== questions || topicsStore.getState().connection !== connection;
  try {
    const answer = await request('topics.list');
    if (isOld()) return;
    topicsStore.setState((state) => {
      const view = shareUnchanged(state.view, answer);
      return { view, orderedBy: isOrdered ? view : (state.orderedBy ?? view), error: null, isAsking: false };
    });
  } catch (thrown) {
    if (!isOld()) topicsStore.setState({ error: toPlainError(thrown), isAsking: false });
  }
}

/** Figures may move under the user's eyes, but not while something is being chosen. */
export function canRefresh({ draft, patternText, isAsking, isSaving }: TopicsState): boolean {
  return draft === null && patternText === '' && !isAsking && !isSaving;
}

/** What is being chosen, else what is saved. */
export function choiceOf({ view, draft }: Pick<TopicsState, 'view' | 'draft'>): TopicChoice {
  return draft ?? view?.choice ?? NO_CHOICE;
}

const NO_CHOICE: TopicChoice = { names: [], patterns: [] };

/** Takes topics in by their names, or out. */
export function chooseNames(names: readonly string[], isChosen: boolean): void {
  const choice = choiceOf(topicsStore.getState());
  const [given, before] = [new Set(names), new Set(choice.names)];
  edit({
    ...choice,
    names: isChosen
      ? [...choice.names, ...names.filter((name) => !before.has(name))]
      : choice.names.filter((name) => !given.has(name)),
  });
}

export function addPattern(pattern: string): void {
  const choice = choiceOf(topicsStore.getState());
  edit({ ...choice, patterns: [...choice.patterns, pattern] });
  topicsStore.setState({ patternText: '' });
}

export function removePattern(pattern: string): void {
  const choice = choiceOf(topicsStore.getState());
  edit({ ...choice, patterns: choice.patterns.filter((each) => each !== pattern) });
}

/** Back to what is saved is no change. */
function edit(choice: TopicChoice): void {
  const saved = topicsStore.getState().view?.choice ?? null;
  topicsStore.setState({ draft: saved !== null && isSame(saved, choice) ? null : choice, saveProblem: null });
}

export function discardChoice(): void {
  topicsStore.setState({ draft: null, saveProblem: null });
}

/** @param own the sandbox's topic, which is archived without being chosen */
export async function saveChoice(own: string | null): Promise<void> {
  const { draft } = topicsStore.getState();
  if (draft === null) return;
  topicsStore.setState({ isSaving: true, saveProblem: null });
  try {
    await request('topics.choose', { names: draft.names.filter((name) => name !== own), patterns: draft.patterns });
  } catch (thrown) {
    topicsStore.setState({ isSaving: false, saveProblem: asPermafrostError(thrown).message });
    return;
  }
  topicsStore.setState(({ view }) => ({
    ...{ isSaving: false, draft: null },
    view: view === null ? null : withChoice(view, draft),
  }));
  await loadTopics(false);
}

/** What is known, until Kafka was asked about the topics that are new. */
function withChoice(view: TopicsView, choice: TopicChoice): TopicsView {
  const chosenBy = chooser(choice);
  const listed = new Set(view.topics.map(({ name }) => name));
  return {
    ...view,
    choice,
    topics: view.topics.map((topic) => ({ ...topic, chosen: chosenBy(topic) })),
    missing: choice.names.filter((name) => !listed.has(name)),
  };
}

export function askTopics(change: Partial<TopicQuery>): void {
  topicsStore.setState(({ query, view }) => ({ query: { ...query, ...change }, orderedBy: view }));
}

/** The same column again turns the order round. */
export function sortTopics(column: TopicColumn): void {
  const { sort } = topicsStore.getState().query;
  const isDescending = sort.column === column ? !sort.isDescending : LARGEST_FIRST.has(column);
  askTopics({ sort: { column, isDescending } });
}

const LARGEST_FIRST: ReadonlySet<TopicColumn> = new Set(['partitions', 'replicas', 'size', 'lag', 'behind']);

function isSame(a: TopicChoice, b: TopicChoice): boolean {
  return isSameSet(a.names, b.names) && isSameSet(a.patterns, b.patterns);
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  const set = new Set(a);
  return set.size === new Set(b).size && b.every((each) => set.has(each));
}

/** @param active the topic; null closes them */
export function showDetails(active: string | null): void {
  topicsStore.setState({ active });
}

/** It becomes the topic that Live shows. */
export async function watchTopic(topic: string): Promise<void> {
  await request('topics.watch', { topic });
}
