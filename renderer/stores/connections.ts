/** The connections as they are saved, and what is typed of each and not saved yet; kept while another screen is shown. */
import { createStore } from 'zustand/vanilla';
import {
  SANDBOX,
  type ConnectionsView,
  type ConnectionTest,
  type ConnectionView,
  type SecretChanges,
  type SecretKeeping,
  type SecretName,
} from '../../shared/model/connection';
import { request } from '../ipc/client';
import { formOf, NEW_FORM, type ConnectionForm } from './connection-form';
import { leaveConnection } from './leave-connection';
import { hasNoKeyring } from './settings';
import { shareUnchanged } from './share-unchanged';

/** What is typed of one connection. */
export interface Draft {
  readonly form: ConnectionForm;
  /** typed or chosen, null to be forgotten; what is not here stays as it is kept */
  readonly secrets: SecretChanges;
  readonly keeping: SecretKeeping;
  readonly acceptsObfuscation: boolean;
  /** of secrets and certificates that were chosen, by the path of the field */
  readonly files: Readonly<Record<string, string>>;
  /** what was refused, by the path of the field, e.g. "draft.kafka.brokers.0"; '' for the whole */
  readonly problems: Readonly<Record<string, string>>;
  readonly isSaving: boolean;
}

/** The last test of what was typed then. */
export interface StartedTest {
  /** null until main has answered */
  readonly testId: string | null;
  readonly form: ConnectionForm;
  readonly secrets: SecretChanges;
}

export interface ConnectionsState {
  /** null until the first answer */
  readonly view: ConnectionsView | null;
  /** `SANDBOX`, a connection's id, or the key of a new one */
  readonly selected: string;
  /** by id or key; those that are only looked at have none */
  readonly drafts: Readonly<Record<string, Draft>>;
  /** by id or key */
  readonly started: Readonly<Record<string, StartedTest>>;
  /** by the test's id */
  readonly tests: Readonly<Record<string, ConnectionTest>>;
  /** the one that is being switched to */
  readonly switchingTo: string | null;
}

export const connectionsStore = createStore<ConnectionsState>(() => ({
  view: null,
  selected: SANDBOX,
  drafts: {},
  started: {},
  tests: {},
  switchingTo: null,
}));

/** What is typed stays; of connections that are gone it goes, too. */
export function receiveConnections(next: ConnectionsView): void {
  const { view: before } = connectionsStore.getState();
  connectionsStore.setState(({ view, selected, drafts }) => {
    const isKnown = (key: string): boolean =>
      isNew(key) || key === SANDBOX || next.connections.some(({ connection }) => connection.id === key);
    return {
      view: shareUnchanged(view, next),
      selected: isKnown(selected) ? selected : SANDBOX,
      drafts: withChosenTopics(Object.fromEntries(Object.entries(drafts).filter(([key]) => isKnown(key))), next),
    };
  });
  if (before !== null && before.active !== next.active) leaveConnection();
}

/** Topics are chosen elsewhere: what is typed here must not put an older choice back. */
function withChosenTopics(drafts: ConnectionsState['drafts'], { connections }: ConnectionsView): typeof drafts {
  return Object.fromEntries(
    Object.entries(drafts).map(([key, draft]) => {
      const saved = connections.find(({ connection }) => connection.id === key);
      if (saved === undefined) return [key, draft];
      const { topics, watched } = saved.connection.archiving;
      return [key, { ...draft, form: { ...draft.form, topics, watched } }];
    }),
  );
}

export async function loadConnections(): Promise<void> {
  receiveConnections(await request('connection.list'));
}

export function receiveTest(test: ConnectionTest): void {
  connectionsStore.setState(({ tests }) => ({ tests: { ...tests, [test.id]: test } }));
}

/** The key of a connection that was never saved. No id has a blank. */
export function isNew(key: string): boolean {
  return key.startsWith('new ');
}

export function savedIn({ view }: ConnectionsState, key: string): ConnectionView | null {
  return view?.connections.find(({ connection }) => connection.id === key) ?? null;
}

/** What the form shows: what is typed, else what is saved; null for the sandbox. */
export function draftIn(state: ConnectionsState, key: string): Draft | null {
  const saved = savedIn(state, key);
  return state.drafts[key] ?? (saved === null ? null : untouched(saved));
}

const untouchedOf = new WeakMap<ConnectionView, Draft>();

/** The same object for the same connection, so that who looks is not drawn again. */
function untouched(saved: ConnectionView): Draft {
  const known = untouchedOf.get(saved);
  if (known !== undefined) return known;
  const { connection, secrets, keeping } = saved;
  const draft: Draft = {
    ...NOTHING_TYPED,
    form: formOf(connection),
    keeping: secrets.length === 0 ? firstKeeping() : keeping,
  };
  untouchedOf.set(saved, draft);
  return draft;
}

const NOTHING_TYPED = { secrets: {}, acceptsObfuscation: false, files: {}, problems: {}, isSaving: false } as const;

/** True while something is typed that is not saved. */
export function isChanged(state: ConnectionsState, key: string): boolean {
  const draft = state.drafts[key];
  if (draft === undefined) return false;
  const saved = savedIn(state, key);
  if (saved === null) return true;
  const { form, keeping } = untouched(saved);
  return (
    Object.keys(draft.secrets).length > 0 ||
    draft.keeping !== keeping ||
    JSON.stringify(draft.form) !== JSON.stringify(form)
  );
}

/** What main keeps for it. */
export function keptSecrets(state: ConnectionsState, key: string): readonly SecretName[] {
  return savedIn(state, key)?.secrets ?? NO_SECRETS;
}

const NO_SECRETS: readonly SecretName[] = [];

/** From the moment it is asked for. */
export function isTesting(state: ConnectionsState, key: string): boolean {
  const started = state.started[key];
  return started !== undefined && (testOf(state, key)?.state ?? 'running') === 'running';
}

export function testOf({ started, tests }: ConnectionsState, key: string): ConnectionTest | null {
  const testId = started[key]?.testId ?? null;
  return testId === null ? null : (tests[testId] ?? null);
}

export function select(key: string): void {
  connectionsStore.setState({ selected: key });
}

/** Without a keyring nothing is stored unless the user asks for it. */
function firstKeeping(): SecretKeeping {
  return hasNoKeyring() ? 'session' : 'stored';
}

let newOnes = 0;

export function newConnection(form: ConnectionForm = NEW_FORM): void {
  newOnes += 1;
  const key = `new ${newOnes}`;
  connectionsStore.setState(({ drafts }) => ({
    selected: key,
    drafts: { ...drafts, [key]: { ...NOTHING_TYPED, form, keeping: firstKeeping() } },
  }));
}

/** Secrets can't be copied: they never come here. */
export function duplicate(key: string): void {
  const draft = draftIn(connectionsStore.getState(), key);
  if (draft === null) return;
  const name = `${draft.form.name.slice(0, 55)} copy`.trim();
  newConnection({ ...draft.form, name });
}

export function changeDraft(key: string, change: Partial<Draft>): void {
  connectionsStore.setState((state) => {
    const draft = draftIn(state, key);
    return draft === null ? {} : { drafts: { ...state.drafts, [key]: { ...draft, ...change } } };
  });
}

/** @param path of the field, whose problem is over; without one a choice was made, and what was refused is another's */
export function editForm(key: string, change: Partial<ConnectionForm>, path?: string): void {
  const draft = draftIn(connectionsStore.getState(), key);
  if (draft === null) return;
  const problems = path === undefined ? {} : without(draft.problems, path);
  changeDraft(key, { form: { ...draft.form, ...change }, problems });
}

/** @param value undefined: as it is kept; null: forgotten */
export function editSecret(key: string, name: SecretName, value: string | null | undefined, fileName?: string): void {
  const draft = draftIn(connectionsStore.getState(), key);
  if (draft === null) return;
  const path = `secrets.${name}`;
  const others = withoutKey(draft.secrets, name);
  changeDraft(key, {
    secrets: value === undefined ? others : { ...others, [name]: value },
    files: fileName === undefined ? draft.files : { ...draft.files, [path]: fileName },
    problems: without(draft.problems, path),
  });
}

export function withoutKey<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));
}

function without(problems: Draft['problems'], path: string): Draft['problems'] {
  return Object.fromEntries(Object.entries(problems).filter(([each]) => each !== path && each !== ''));
}

/** Back to what is saved; a new one goes. */
export function discard(key: string): void {
  connectionsStore.setState(({ drafts, started, selected }) => {
    const next = isNew(key) && selected === key ? SANDBOX : selected;
    return { drafts: withoutKey(drafts, key), started: withoutKey(started, key), selected: next };
  });
}
