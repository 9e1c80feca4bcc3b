import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { connect, type Channel } from '../../electron/worker/channel';

interface TestRequests {
  double(params: number): Promise<number>;
  fail(params: null): Promise<never>;
  hang(params: null): Promise<never>;
  unknown(params: null): Promise<never>;
}

/** The thread's end speaks the channel's messages by hand: what crosses is the contract between both files. */
const THREAD = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ id, name, params }) => {
    if (name === 'double') parentPort.postMessage({ kind: 'reply', id, value: params * 2 });
    if (name === 'fail') parentPort.postMessage({ kind: 'refusal', id, error: {
      code: 'STORE_DENIED', message: 'No.', retriable: false, context: { bucket: 'b' } } });
    if (name === 'crash') throw new Error('crashed on purpose');
  });
  parentPort.postMessage({ kind: 'event', name: 'hello', payload: 42n });
`;

let worker: Worker;

function open(events: unknown[] = []): Channel<TestRequests> {
  worker = new Worker(THREAD, { eval: true });
  return connect<TestRequests, { hello: bigint }>(worker, { hello: (payload) => events.push(payload) });
}

afterEach(() => worker.terminate());

test('requests are answered, errors arrive as ours, events are heard', async () => {
  const events: unknown[] = [];
  const channel = open(events);

  expect(await Promise.all([channel.request('double', 4), channel.request('double', 5)])).toEqual([8, 10]);
  await expect(channel.request('fail', null)).rejects.toMatchObject({ code: 'STORE_DENIED', context: { bucket: 'b' } });
  expect(events).toEqual([42n]);
});

test('when the thread ends, what was asked and what is asked later is refused', async () => {
  const channel = open();
  const hanging = channel.request('hang', null);
  hanging.catch(() => undefined);
  await once(worker, 'message');

  await worker.terminate();

  await expect(hanging).rejects.toMatchObject({ code: 'INTERNAL' });
  await expect(channel.request('double', 1)).rejects.toMatchObject({ code: 'INTERNAL' });
});
