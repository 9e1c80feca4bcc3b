/** What the window may ask, each request one entry. */
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';
import { connectionHandlers } from './connection-handlers';
import { readChosen } from './files';
import { bucketHandlers } from './bucket-handlers';
import { catalogHandlers } from './catalog-handlers';
import { previewHandlers } from './preview-handlers';
import { restoreHandlers } from './restore-handlers';
import { searchHandlers } from './search-handlers';
import { topicHandlers } from './topic-handlers';
import { verifyHandlers } from './verify-handlers';

const PEM_FILES = [{ name: 'PEM key', extensions: ['pem', 'key'] }];

export function requestHandlers(app: App): RequestHandlers {
  const { board, dialogs, jobs, archiver } = app;
  const { sender } = app.threads;
  const { keys } = app.parts;
  const done =
    <In extends unknown[]>(act: (...params: In) => unknown) =>
    async (...params: In): Promise<null> => {
      await act(...params);
      return null;
    };

  const cancelSending = async (jobId: string) => (await sender.channel()).request('cancel', { jobId });

  return {
    'app.info': () => app.info(),

    'settings.get': () => app.settings,
    'settings.update': (patch) => app.updateSettings(patch),

    'live.get': () => board.snapshot(Date.now()).snapshot,
    'live.history': () => board.history,
    'live.dismissProblems': done(() => board.dismissProblems()),

    'archiver.start': done(() => app.startArchiving()),
    'archiver.stop': done(() => archiver.stop()),
    'archiver.pause': done(() => archiver.pause()),
    'archiver.resume': done(() => archiver.resume()),

    'send.message': async (message) => (await sender.channel()).request('message', message),
    'send.generate': (params) => ({
      jobId: jobs.start({
        kind: 'generate',
        title: `Send ${params.count.toLocaleString('en')} breadcrumbs to ${params.topic}`,
        unit: 'messages',
        run: async (jobId) => (await sender.channel()).request('generate', { ...params, jobId }),
        cancel: cancelSending,
      }),
    }),
    'send.file': (params) => ({
      jobId: jobs.start({
        kind: 'send-file',
        title: `Send ${fileName(params.path)} to ${params.topic}`,
        unit: 'messages',
        run: async (jobId) => (await sender.channel()).request('file', { ...params, jobId }),
        cancel: cancelSending,
      }),
    }),
    'send.chooseFile': () =>
      dialogs.chooseFile('Choose a file of messages, one a line', [
        { name: 'JSON lines', extensions: ['jsonl', 'ndjson'] },
      ]),

    'job.list': () => jobs.list(),
    'job.cancel': done(({ id }: { id: string }) => jobs.cancel(id)),
    'job.dismiss': done(({ id }: { id: string }) => app.jobDismissed(id)),

    ...bucketHandlers(app),
    ...connectionHandlers(app),
    ...catalogHandlers(app),
    ...previewHandlers(app),
    ...restoreHandlers(app),
    ...verifyHandlers(app),
    ...searchHandlers(app),
    ...topicHandlers(app),

    'key.list': () => keys.list(),
    'key.generate': async () => {
      const key = await keys.generate();
      await app.keysChanged();
      return key;
    },
    'key.importFile': async () => {
      const file = await dialogs.chooseFile('Import a private key (PEM)', PEM_FILES);
      if (file === null) return null;
      const key = await keys.importPem(await readChosen(file.path));
      await app.keysChanged();
      return key;
    },
    'key.importPem': async ({ pem }) => {
      const key = await keys.importPem(pem);
      await app.keysChanged();
      return key;
    },
    'key.export': async ({ fingerprint }) => {
      const target = await dialogs.chooseTarget('Export the private key', 'permafrost-key.pem');
      if (target === null) return null;
      await keys.exportTo(fingerprint, target);
      await app.keysChanged();
      return target;
    },
    'key.makeCurrent': done(async ({ fingerprint }: { fingerprint: string }) => {
      await keys.makeCurrent(fingerprint);
      await app.keysChanged();
    }),
    'key.forget': done(async ({ fingerprint, typed }: { fingerprint: string; typed: string }) => {
      await keys.forget(fingerprint, typed);
      await app.keysChanged();
    }),
  };
}

function fileName(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
