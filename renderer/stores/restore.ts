/** What is being planned on the Restore screen; kept while another screen is shown. */
import { createStore } from 'zustand/vanilla';
import type { RestoreParams } from '../../shared/ipc/restore-requests';
import type { RestorePlanView } from '../../shared/model/restore';

export interface RestoreDraft {
  /** null: the topic that Live shows */
  readonly topic: string | null;
  /** null: the same with "-restored" behind it */
  readonly toTopic: string | null;
  readonly fromOffset: string;
  readonly untilOffset: string;
  /** UTC, such as 2022-12-20 08:00 */
  readonly fromTime: string;
  readonly untilTime: string;
  /** one a line */
  readonly keys: string;
  readonly withGroups: boolean;
  readonly append: boolean;
  readonly setAside: boolean;
  readonly applySettings: boolean;
  readonly acceptDeletion: boolean;
  readonly recordsPerSecond: number | '';
  readonly job: string;
}

export interface RestoreState {
  readonly draft: RestoreDraft;
  /** of the draft as it is; null before the dry run, and again when the draft has changed */
  readonly planned: { readonly params: RestoreParams; readonly plan: RestorePlanView } | null;
  /** the last step is open: it asks, with cluster and topic in full */
  readonly isAsking: boolean;
}

export const EMPTY_DRAFT: RestoreDraft = {
  topic: null,
  toTopic: null,
  fromOffset: '',
  untilOffset: '',
  fromTime: '',
  untilTime: '',
  keys: '',
  withGroups: false,
  append: false,
  setAside: true,
  applySettings: true,
  acceptDeletion: false,
  recordsPerSecond: '',
  job: '',
};

export const restoreStore = createStore<RestoreState>(() => ({ draft: EMPTY_DRAFT, planned: null, isAsking: false }));

/** What was planned was planned for another draft. */
export function editRestore(change: Partial<RestoreDraft>): void {
  restoreStore.setState(({ draft }) => ({ draft: { ...draft, ...change }, planned: null, isAsking: false }));
}

export function targetOf({ topic, toTopic }: RestoreDraft, archived: string): string {
  return toTopic ?? `${topic ?? archived}-restored`;
}

/** Problems of the fields that have a form of their own, by the field's name. */
export function problemsOf({ fromTime, untilTime }: RestoreDraft): Readonly<Record<string, string>> {
  const times = Object.entries({ fromTime, untilTime }).filter(([, text]) => text !== '' && msOf(text) === null);
  return Object.fromEntries(times.map(([field]) => [field, 'A time in UTC, such as 2022-12-20 08:00']));
}

/** @param archived the topic that Live shows */
export function paramsOf(draft: RestoreDraft, archived: string): RestoreParams {
  return {
    topic: draft.topic ?? archived,
    toTopic: targetOf(draft, archived),
    fromOffset: draft.fromOffset === '' ? null : draft.fromOffset,
    untilOffset: draft.untilOffset === '' ? null : draft.untilOffset,
    fromTime: msOf(draft.fromTime),
    untilTime: msOf(draft.untilTime),
    keys: draft.keys.split('\n').filter((key) => key !== ''),
    withGroups: draft.withGroups,
    append: draft.append,
    setAside: draft.setAside,
    applySettings: draft.applySettings,
    acceptDeletion: draft.acceptDeletion,
    recordsPerSecond: draft.recordsPerSecond === '' ? null : draft.recordsPerSecond,
    job: draft.job === '' ? null : draft.job,
  };
}

/** @returns null for an empty text, and for one that is no time */
function msOf(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?Z?$/.exec(text.trim());
  if (match === null) return null;
  const ms = Date.parse(`${match[1] ?? ''}T${match[2] ?? '00:00'}Z`);
  return Number.isNaN(ms) ? null : ms;
}
