/** What the buttons of a connection do. */
import { asPermafrostError } from '../../shared/errors';
import { SANDBOX, type ConnectionView, type SecretChanges } from '../../shared/model/connection';
import { request } from '../ipc/client';
import { problemByField } from '../ipc/problem-by-field';
import { draftOf, wrongIn, secretChanges, withoutEmptyRows } from './connection-form';
import {
  changeDraft,
  connectionsStore,
  discard,
  draftIn,
  isChanged,
  isNew,
  keptSecrets,
  newConnection,
  receiveConnections,
  savedIn,
  select,
  withoutKey,
  type ConnectionsState,
  type Draft,
} from './connections';
import { showScreen } from './frame';
import { attempt, say } from './report';
import { hasNoKeyring } from './settings';

/** @returns the path of the field that was refused, '' for the whole; null when it is saved */
export async function saveConnection(key: string): Promise<string | null> {
  const sent = readyToSend(key);
  if (sent === null || sent.draft.isSaving) return null;
  const { params, draft } = sent;
  const problems = { ...wrongIn(draft.form), ...unagreed(key, draft, params.secrets) };
  if (hasAny(problems)) return refuse(key, problems);
  changeDraft(key, { isSaving: true });
  try {
    const { keeping, acceptsObfuscation } = draft;
    saved(key, await request('connection.save', { ...params, keeping, acceptsObfuscation }));
    return null;
  } catch (thrown) {
    return refuse(key, problemByField(thrown));
  }
}

/** Without a keyring: what is stored can be read by whoever reads the data folder. */
function unagreed(key: string, draft: Draft, typed: SecretChanges): Readonly<Record<string, string>> {
  if (!hasNoKeyring() || draft.keeping === 'session' || draft.acceptsObfuscation) return {};
  const saved = savedIn(connectionsStore.getState(), key);
  const isMoved = saved?.keeping === 'session' && saved.secrets.length > 0;
  const isTyped = Object.values(typed).some((secret) => secret !== null);
  return isMoved || isTyped ? { acceptsObfuscation: 'Agree to it, or keep secrets until Permafrost closes' } : {};
}

function readyToSend(key: string) {
  const state = connectionsStore.getState();
  const before = draftIn(state, key);
  if (before === null) return null;
  const form = withoutEmptyRows(before.form);
  if (form.brokers.length !== before.form.brokers.length) changeDraft(key, { form });
  return {
    draft: { ...before, form },
    params: {
      draft: draftOf(form, isNew(key) ? null : key),
      secrets: secretChanges(form, before.secrets, keptSecrets(state, key)),
    },
  };
}

function refuse(key: string, problems: Readonly<Record<string, string>>): string {
  changeDraft(key, { problems, isSaving: false });
  return Object.keys(problems)[0] ?? '';
}

function hasAny(problems: Readonly<Record<string, string>>): boolean {
  return Object.keys(problems).length > 0;
}

/** The draft is over; what was tested is now tested of the saved one. */
function saved(key: string, view: ConnectionView): void {
  const { id, name } = view.connection;
  const { view: before, selected, started } = connectionsStore.getState();
  const test = started[key];
  const others = before?.connections.filter(({ connection }) => connection.id !== id) ?? [];
  const connections = [...others, view].sort((a, b) => a.connection.name.localeCompare(b.connection.name));
  receiveConnections({ active: before?.active ?? SANDBOX, connections });
  discard(key);
  if (test !== undefined) {
    const draft = draftIn(connectionsStore.getState(), id);
    const form = draft?.form ?? test.form;
    connectionsStore.setState((state) => ({ started: { ...state.started, [id]: { ...test, form, secrets: {} } } }));
  }
  if (selected === key) select(id);
  say(`Connection ${name} saved`);
}

/** @returns the path of the field that was refused; null when it is being tested */
export async function testConnection(key: string): Promise<string | null> {
  const sent = readyToSend(key);
  if (sent === null) return null;
  const { form, secrets } = sent.draft;
  const problems = wrongIn(form);
  if (hasAny(problems)) return refuse(key, problems);
  const begin = (testId: string | null): void =>
    connectionsStore.setState(({ started }) => ({ started: { ...started, [key]: { testId, form, secrets } } }));
  dropTest(key);
  begin(null);
  try {
    begin((await request('connection.test', sent.params)).testId);
    return null;
  } catch (thrown) {
    dropTest(key);
    return refuse(key, problemByField(thrown));
  }
}

export async function cancelTest(key: string): Promise<void> {
  const testId = connectionsStore.getState().started[key]?.testId ?? null;
  if (testId !== null) await request('connection.cancelTest', { testId });
}

/** Its results are not shown any more. */
export function dropTest(key: string): void {
  connectionsStore.setState(({ started, tests }) => {
    return { started: withoutKey(started, key), tests: withoutKey(tests, started[key]?.testId ?? '') };
  });
}

/** Runs what a button beside a field does; a failure is told beside that field. */
export function attemptAt(key: string, path: string, action: () => Promise<unknown>): void {
  action().catch((thrown: unknown) => {
    const { problems = {} } = draftIn(connectionsStore.getState(), key) ?? {};
    changeDraft(key, { problems: { ...problems, [path]: asPermafrostError(thrown).message } });
  });
}

/** Leaves the one in use. @throws PermafrostError BUSY while archiving */
export async function switchTo(id: string): Promise<void> {
  connectionsStore.setState({ switchingTo: id });
  try {
    await request('connection.use', { id });
  } finally {
    connectionsStore.setState({ switchingTo: null });
  }
}

export async function removeConnection(id: string): Promise<void> {
  await request('connection.remove', { id });
  discard(id);
}

export function retryConnection(): void {
  attempt(() => request('connection.retry'));
}

/** Opens the screen at that connection. */
export function openConnection(id: string): void {
  select(id);
  showScreen('connections');
}

export function openNewConnection(): void {
  newConnection();
  showScreen('connections');
}

/** Why it can't be put to use right now; null when it can. */
export function whyNotUse(state: ConnectionsState, key: string, isArchiving: boolean): string | null {
  if (isArchiving) return 'Archiving is running. Stop archiving, then switch.';
  if (isNew(key)) return 'Save it first.';
  return isChanged(state, key) ? 'Save or discard your changes first.' : null;
}
