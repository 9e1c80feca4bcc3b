/** A connection for questions that is kept, at the sandbox's broker. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectForQuestions, KeptConnection, type KafkaQuestions } from '../../../electron/engine/kafka/questions';
import { fetchTopics } from '../../../electron/engine/kafka/topic-metadata';
import { metadata } from '../../../electron/sandbox/kafka/03-metadata';
import type { Fault } from '../../../electron/sandbox/kafka/api';
import { TOPIC } from '../../flows/environment';
import { startSandbox, type Sandbox } from '../../flows/sandbox';

let environment: Sandbox;
let kept: KeptConnection;
let opened: KafkaQuestions[];
let closed: number;

beforeEach(async () => {
  environment = await startSandbox(1);
  opened = [];
  closed = 0;
  keep({ deadlineMs: 20_000, idleMs: 20_000 });
});
afterEach(async () => {
  kept.close();
  await Promise.allSettled(opened.map((each) => each.close()));
  await environment.close();
});

function keep(patience: { readonly deadlineMs: number; readonly idleMs: number }): void {
  kept = new KeptConnection(async () => {
    const questions = await connectForQuestions(environment.kafka);
    opened.push(questions);
    const close = async (): Promise<void> => {
      closed += 1;
      await questions.close();
    };
    return { ...questions, close };
  }, patience);
}

const topics = async (): Promise<readonly string[]> =>
  kept.ask(async ({ cluster }) => (await fetchTopics(cluster, null)).map(({ name }) => name));

test('questions that follow one another share a connection, also at the same time', async () => {
  expect(await topics()).toEqual([TOPIC]);
  expect(await Promise.all([topics(), topics()])).toEqual([[TOPIC], [TOPIC]]);

  expect(opened).toHaveLength(1);
  expect(closed).toBe(0);
});

test('one that broke since the question before is made anew, and nobody notices', async () => {
  await topics();
  let isCut = false;
  environment.broker.intercept(metadata, () => {
    if (isCut) return undefined;
    isCut = true;
    return 'close';
  });

  expect(await topics()).toEqual([TOPIC]);
  expect(isCut).toBe(true);
  expect(opened).toHaveLength(2);
});

test('a broker that is down is asked again when it is back', async () => {
  await topics();
  await environment.restartBroker(() => Promise.resolve());

  expect(await topics()).toEqual([TOPIC]);
});

test('a question that fails is told, and the next one has a connection of its own', async () => {
  const failing = kept.ask(() => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');

  expect(await topics()).toEqual([TOPIC]);
  expect(opened).toHaveLength(2);
  expect(closed).toBe(1);
});

test('a Kafka that does not answer is told in time, and is asked anew', async () => {
  keep({ deadlineMs: 1_000, idleMs: 20_000 });
  await topics();
  let answer: (fault: Fault) => void = () => undefined;
  const end = environment.broker.intercept(metadata, () => new Promise((resolve) => (answer = resolve)));

  await expect(topics()).rejects.toThrow('Kafka has not answered within 1 s.');

  end();
  answer('close');
  expect(await topics()).toEqual([TOPIC]);
  expect(opened).toHaveLength(2);
});

test('it is closed when nobody asks any more', async () => {
  keep({ deadlineMs: 20_000, idleMs: 50 });
  await topics();

  await expect.poll(() => closed).toBe(1);
  expect(await topics()).toEqual([TOPIC]);
  expect(opened).toHaveLength(2);
});
