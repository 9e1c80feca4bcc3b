/** What the window may ask, each request one entry. */
import { PermafrostError } from '../../shared/errors';
import type { JobOutcome } from '../worker/job-protocol';
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';
import { connectionHandlers } from './connection-handlers';
import { readChosen } from './files';
import { catalogHandlers } from './catalog-handlers';
import { previewHandlers } from './preview-handlers';
import { restoreHandlers } from './restore-handlers';
import { searchHandlers } from './search-handlers';
import { verifyHandlers } from './verify-handlers';

const PEM_FILES = [{ name: 'PEM key', extensions: ['pem', 'key'] }];

export function requestHandlers(app: App): RequestHandlers {
  const { archiver, board, dialogs, jobs } = app;
  const { reader, sender } = app.threads;
  const { keys } = app.parts;
  const done =
    <In extends unknown[]>(act: (...params: In) => unknown) =>
    async (...params: In): Promise<null> => {
      await act(...params);
      return null;
    };

  /** Runs beside the screens, in the reader's thread. */
  const readerJob = (
    start: Omit<Parameters<typeof jobs.start>[0], 'run' | 'cancel'>,
    run: (thread: Awaited<ReturnType<typeof reader.channel>>, jobId: string) => Promise<JobOutcome>,
  ) => ({
    jobId: jobs.start({
      ...start,
      run: async (jobId) => run(await reader.channel(), jobId),
      cancel: async (jobId) => (await reader.channel()).request('cancel', { jobId }),
    }),
  });
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

    'bucket.list': async () =>
      (await reader.channel()).request('buckets', { always: app.place.isSandbox ? null : app.place.bucket }),
    'bucket.create': async (params) => (await reader.channel()).request('createBucket', params),
    'bucket.loss': async ({ name }) => (await reader.channel()).request('loss', { bucket: name }),
    'bucket.delete': ({ name, typedName }) => {
      if (typedName !== name) {
        throw new PermafrostError('INPUT_INVALID', `Type the bucket's name, ${name}, to delete it.`, {
          context: { field: 'typedName' },
        });
      }
      if (archiver.isRunning && name === app.place.bucket) {
        throw new PermafrostError('BUSY', `Archives are being written to ${name}. Stop archiving, then delete it.`);
      }
      return readerJob(
        { kind: 'delete-bucket', title: `Delete bucket ${name}`, unit: 'objects' },
        async (thread, jobId) => {
          const outcome = await thread.request('deleteBucket', { jobId, bucket: name });
          await app.objectsChanged(name, null);
          return outcome;
        },
      );
    },

    ...connectionHandlers(app),
    ...catalogHandlers(app),
    ...previewHandlers(app),
    ...restoreHandlers(app),
    ...verifyHandlers(app),
    ...searchHandlers(app),

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
