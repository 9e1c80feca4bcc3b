import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { ArchiverHost } from '../../electron/worker/archiver-host';
import type { PlainError } from '../../shared/errors';
import type { ArchiverView } from '../../shared/model/live';
import { NO_REDUCTION } from '../../shared/model/reduction';
import type { ArchiverStart } from '../../electron/worker/archiver-protocol';

/** Speaks the archiver's protocol; crashes, or does not start, when it is told to by its data. */
const THREAD = `
  const { parentPort, workerData } = require('node:worker_threads');
  parentPort.on('message', ({ id, name }) => {
    if (name === 'start' && workerData.startsWith('refuse')) {
      const code = workerData === 'refuse' ? 'STORE_UNAVAILABLE' : 'STORE_DENIED';
      const error = { code, message: 'refused', retriable: workerData === 'refuse', context: {} };
      parentPort.postMessage({ kind: 'refusal', id, error });
      return;
    }
    if (name === 'start' && workerData === 'fail') {
      const payload = { code: 'KAFKA_DENIED', message: 'no right to the group', retriable: false, context: {} };
      parentPort.postMessage({ kind: 'event', name: 'failed', payload });
      return;
    }
    parentPort.postMessage({ kind: 'reply', id, value: null });
    if (name === 'start' && workerData === 'crash') setTimeout(() => { throw new Error('out of memory'); });
  });
`;

const PARAMS: ArchiverStart = {
  kafka: { brokers: [], clientId: 'test' },
  store: { kind: 'folder', folder: 'nowhere' },
  options: {
    groupId: 'archiver',
    topics: { names: ['birds'], patterns: [] },
    start: 'earliest',
    prefix: '',
    codec: 'zstd',
    level: 3,
    recipients: [],
    reduction: NO_REDUCTION,
    storageClass: null,
    limits: { maxBytes: 1, maxRecords: 1, maxAgeMs: 1 },
    maxHeldBytes: 1,
    sessionTimeoutMs: 30_000,
    topicCheckMs: 10_000,
    snapshotEveryMs: null,
  },
  untilEnd: false,
};

const threads: Worker[] = [];
afterEach(() => Promise.all(threads.splice(0).map((thread) => thread.terminate())));

/** A host whose threads behave as listed, the last for ever. */
function host(behaviours: readonly ('crash' | 'run' | 'refuse' | 'refuse for good' | 'fail')[]) {
  const views: ArchiverView[] = [];
  const problems: PlainError[] = [];
  const made = new ArchiverHost(
    {
      view: (view) => views.push(view),
      status: () => undefined,
      uploaded: () => undefined,
      problem: (error) => problems.push(error),
    },
    () => {
      const workerData = behaviours[Math.min(threads.length, behaviours.length - 1)];
      const thread = new Worker(THREAD, { eval: true, workerData });
      threads.push(thread);
      return thread;
    },
  );
  return { host: made, views, problems, states: () => views.map(({ state }) => state) };
}

test('a thread that crashes is reported and started again', async () => {
  const { host: archiver, problems, states } = host(['crash', 'run']);

  await archiver.start(PARAMS);
  await expect
    .poll(states, { timeout: 10_000 })
    .toEqual(['starting', 'archiving', 'degraded', 'starting', 'archiving']);

  expect(problems).toMatchObject([{ code: 'INTERNAL', message: expect.stringContaining('out of memory') as string }]);
  expect(archiver.isRunning).toBe(true);
  await archiver.stop();
  expect(states().slice(-2)).toEqual(['closing', 'stopped']);
});

test('while it waits to start again it counts as running, and can be stopped', async () => {
  const { host: archiver, states } = host(['crash']);
  await archiver.start(PARAMS);
  await expect.poll(states).toContain('degraded');

  await expect(archiver.start(PARAMS)).rejects.toMatchObject({ code: 'BUSY' });
  await archiver.stop();

  expect(archiver.isRunning).toBe(false);
  expect(states().at(-1)).toBe('stopped');
  expect(threads).toHaveLength(1);
});

test('a crashed thread that finds Kafka or the bucket down is started again until it works', async () => {
  const { host: archiver, problems, states } = host(['crash', 'refuse', 'run']);

  await archiver.start(PARAMS);
  await expect.poll(states, { timeout: 20_000 }).toContain('degraded');
  await expect.poll(() => threads.length, { timeout: 20_000 }).toBe(3);
  await expect.poll(() => states().at(-1), { timeout: 20_000 }).toBe('archiving');

  expect(states()).not.toContain('failed');
  expect(problems.map(({ code }) => code)).toEqual(['INTERNAL', 'STORE_UNAVAILABLE']);
  await archiver.stop();
});

test('a thread that tells why it failed before it has started is believed, not that it was ended for it', async () => {
  const { host: failing, states, problems } = host(['fail']);
  await expect(failing.start(PARAMS)).rejects.toMatchObject({ code: 'KAFKA_DENIED' });
  expect(states()).toEqual(['starting', 'failed']);
  expect(problems).toHaveLength(1);
});

test('a first start that is refused is told, and one that will never work ends it', async () => {
  const first = host(['refuse']);
  await expect(first.host.start(PARAMS)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(first.states().at(-1)).toBe('failed');
  await Promise.all(threads.splice(0).map((thread) => thread.terminate()));

  const later = host(['crash', 'refuse for good']);
  await later.host.start(PARAMS);
  await expect.poll(() => later.states().at(-1), { timeout: 20_000 }).toBe('failed');
});
