import { randomUUID, X509Certificate } from 'node:crypto';
import { PermafrostError, toPlainError, type PlainError } from '../../shared/errors';
import type { connectionRequests, PemDescription } from '../../shared/ipc/connection-requests';
import type { CheckStep, ConnectionTest } from '../../shared/model/connection';
import { parseServiceAccount } from '../engine/store/storage-credentials';
import type { CheckedConnection } from '../worker/checker-protocol';
import type { App } from './app';
import { readChosen } from './files';
import { JobThread } from './hosts/job-thread';
import type { RequestHandlers } from './ipc-binding';
import { ownPlace } from './place';

const PEM_FILES = [{ name: 'PEM', extensions: ['pem', 'crt', 'cer', 'key'] }];
const JSON_FILES = [{ name: 'JSON', extensions: ['json'] }];
/** A test asks for each of them. */
const MAX_TESTED_TOPICS = 20;

export function connectionHandlers(app: App): Pick<RequestHandlers, keyof typeof connectionRequests> {
  const { dialogs } = app;
  const { connections: book } = app.parts;
  const tests = new ConnectionTests((test) => app.send('connectionTest', test));
  return {
    'connection.list': () => book.view(),
    'connection.save': async ({ draft, ...kept }) => {
      const isInUse = draft.id !== null && draft.id === app.place.id;
      if (isInUse) app.assertIdle('changing this connection');
      const view = await book.save(draft, kept);
      app.connectionsChanged();
      if (isInUse) await app.retryConnection();
      return view;
    },
    'connection.remove': async ({ id }) => {
      await book.remove(id);
      app.connectionsChanged();
      return null;
    },
    'connection.use': async ({ id }) => {
      await app.useConnection(id);
      return null;
    },
    'connection.retry': async () => {
      app.assertIdle('connecting anew');
      await app.retryConnection();
      return null;
    },
    'connection.test': ({ draft, secrets }) => {
      const { topics, archiverGroup, bucket, prefix } = ownPlace({ ...draft, id: draft.id ?? '' });
      const testId = tests.start({
        connections: book.reach(draft, secrets),
        topics: topics.names.slice(0, MAX_TESTED_TOPICS),
        groupId: archiverGroup,
        ...{ bucket, prefix },
      });
      return { testId };
    },
    'connection.cancelTest': async ({ testId }) => {
      await tests.cancel(testId);
      return null;
    },
    'connection.choosePem': async ({ what }) => {
      const isKey = what === 'key';
      const file = await dialogs.chooseFile(isKey ? "Choose the certificate's key" : 'Choose a certificate', PEM_FILES);
      if (file === null) return null;
      const pem = await readChosen(file.path);
      if (isKey) assertPrivateKey(pem, file.name);
      return { fileName: file.name, pem, description: isKey ? null : describePem(pem) };
    },
    'connection.chooseServiceAccount': async () => {
      const file = await dialogs.chooseFile("Choose a service account's file", JSON_FILES);
      if (file === null) return null;
      const json = await readChosen(file.path);
      const { email, projectId } = parseServiceAccount(json);
      return { fileName: file.name, json, email, projectId };
    },
    'connection.chooseFolder': () => dialogs.chooseFolder('Archive to'),
    'connection.describePem': ({ pem }) => describePem(pem),
  };
}

/** One test at a time, in a thread that is ended with it. */
class ConnectionTests {
  readonly #changed: (test: ConnectionTest) => void;
  #test: ConnectionTest | null = null;
  #thread: JobThread<'checker'> | null = null;

  constructor(changed: (test: ConnectionTest) => void) {
    this.#changed = changed;
  }

  start(params: Omit<CheckedConnection, 'testId'>): string {
    void this.cancel(this.#test?.id ?? '');
    const testId = randomUUID();
    this.#test = { id: testId, kafka: [], destination: [], state: 'running', error: null };
    const thread = new JobThread(
      'checker',
      { step: ({ testId: of, side, step }) => this.#stepped(of, side, step) },
      () => Promise.resolve(null),
    );
    this.#thread = thread;
    void this.#run(thread, { ...params, testId });
    return testId;
  }

  async cancel(testId: string): Promise<void> {
    if (this.#test?.id !== testId || this.#test.state !== 'running') return;
    this.#ended(testId, 'cancelled', null);
    await this.#thread?.stop();
  }

  async #run(thread: JobThread<'checker'>, params: CheckedConnection): Promise<void> {
    try {
      await (await thread.channel()).request('check', params);
      this.#ended(params.testId, 'over', null);
    } catch (thrown) {
      this.#ended(params.testId, 'failed', toPlainError(thrown)); // nothing when it was cancelled
    } finally {
      await thread.stop();
    }
  }

  #stepped(testId: string, side: 'kafka' | 'destination', step: CheckStep): void {
    if (this.#test?.id !== testId) return;
    this.#set({ ...this.#test, [side]: [...this.#test[side], step] });
  }

  #ended(testId: string, state: ConnectionTest['state'], error: PlainError | null): void {
    if (this.#test?.id !== testId || this.#test.state !== 'running') return;
    this.#set({ ...this.#test, state, error });
  }

  #set(test: ConnectionTest): void {
    this.#test = test;
    this.#changed(test);
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function describePem(pem: string): PemDescription {
  const found = pem.match(CERTIFICATE) ?? [];
  try {
    const certificates = found.map((each) => new X509Certificate(each));
    const [first] = certificates;
    if (first === undefined) throw new Error('there is no -----BEGIN CERTIFICATE----- in it');
    const validUntil = Math.min(...certificates.map(({ validTo }) => Date.parse(validTo)));
    return { subject: first.subject.replaceAll('\n', ', '), validUntil, certificates: certificates.length };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PermafrostError('INPUT_INVALID', `This is no certificate (${why}). Choose a PEM file of certificates.`, {
      cause: thrown,
    });
  }
}

function assertPrivateKey(pem: string, fileName: string): void {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) return;
  throw new PermafrostError(
    'INPUT_INVALID',
    `${fileName} is no private key as PEM. Choose the file that begins with -----BEGIN PRIVATE KEY----- or its like.`,
  );
}
