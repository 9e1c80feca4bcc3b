/** A connection, tested step by step by the command. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CheckStep } from '../../shared/model/connection';
import { events, permafrostWith } from './command';
import { BUCKET, TOPIC, type Environment } from './environment';
import { SERVERS, startEnvironment } from './start-environment';

let environment: Environment;
beforeEach(async () => {
  environment = await startEnvironment(2);
});
afterEach(() => environment.close());

async function check(args: readonly string[], accessToken = '') {
  const command = permafrostWith({ PERMAFROST_ACCESS_TOKEN: accessToken }, 'check', ...args, '--json');
  const { code, stderr } = await command.ended;
  const steps = events(command, 'step') as unknown as CheckStep[];
  return { code, stderr, steps, results: steps.map(({ name, result }) => `${name}: ${result}`) };
}

const kafka = (address = environment.kafkaAddress): string[] => ['--brokers', address, '--topic', TOPIC];
const bucket = (name = BUCKET): string[] => ['--endpoint', environment.bucketEndpoint, '--bucket', name];

test('each step of what works is told', async () => {
  const { code, results, steps } = await check(kafka());
  expect(results).toEqual([
    'resolve: ok',
    'connect: ok',
    'speak Kafka: ok',
    `topic ${TOPIC}: ok`,
    'group archiver: ok',
  ]);
  expect(steps[3]?.said).toBe('2 partitions, 1 replica of each.');
  expect(code).toBe(0);
});

test('the rights to a bucket are told: enough, more than is needed, or that this server does not tell', async () => {
  const enough = await check(bucket(), 'sandbox-archiver');
  const more = await check(bucket());
  const results = (rights: string): object => ({ code: 0, results: [`bucket ${BUCKET}: ok`, `rights: ${rights}`] });
  // fake-gcs-server knows no rights
  expect(enough).toMatchObject(results(SERVERS === 'sandbox' ? 'ok' : 'skipped'));
  expect(more).toMatchObject(results(SERVERS === 'sandbox' ? 'warning' : 'skipped'));
  expect(more.steps[1]?.said).toMatch(/may delete and overwrite|does not tell/);
});

test('behind what does not work nothing is tried, and Kafka does not keep the bucket from being looked at', async () => {
  const { code, results, steps } = await check([...kafka('no-such-host.invalid:9092'), ...bucket('not-there')]);
  expect(code).toBe(1);
  expect(results).toEqual([
    ...['resolve: failed', 'connect: skipped', 'speak Kafka: skipped', `topic ${TOPIC}: skipped`],
    ...['group archiver: skipped', 'bucket not-there: failed', 'rights: skipped'],
  ]);
  expect(steps[0]?.said).toContain('no-such-host.invalid is not known here');

  const closed = await check(['--brokers', '127.0.0.1:1']);
  expect(closed).toMatchObject({ code: 1, steps: [{ result: 'ok' }, { code: 'KAFKA_UNAVAILABLE' }, {}, {}] });
  const strange = await check([...kafka(), '--topic', 'not-there']);
  expect(strange.results.slice(3)).toEqual([
    `topic ${TOPIC}: ok`,
    'topic not-there: failed',
    'group archiver: skipped',
  ]);
});

test('of several brokers one is enough, and who does not answer is named', async () => {
  const { code, steps } = await check(['--brokers', `127.0.0.1:1,${environment.kafkaAddress}`]);
  expect(code).toBe(0);
  expect(steps[1]).toMatchObject({
    result: 'warning',
    said: expect.stringMatching(/^1 of 2 brokers answers.*127\.0\.0\.1:1/) as unknown,
  });
});

test('it must be told what to check', async () => {
  expect(await check([])).toMatchObject({ code: 2, stderr: expect.stringContaining('what to check') as unknown });
  expect(await check(['--brokers', 'nonsense'])).toMatchObject({
    code: 1,
    steps: [{ code: 'INPUT_INVALID' }, {}, {}, {}],
  });
});

test('one of several brokers is enough, and those that are not known are told', async () => {
  const { code, results, steps } = await check([...kafka(), '--brokers', 'no-such-host.invalid:9092']);
  expect(code).toBe(0);
  expect(results.slice(0, 3)).toEqual(['resolve: warning', 'connect: warning', 'speak Kafka: ok']);
  expect(steps[0]?.said).toContain('no-such-host.invalid is not known here');
});

test('TLS at a port that speaks none is told as that', async () => {
  const { code, steps } = await check([...kafka(), '--kafka-tls']);
  expect(code).toBe(1);
  expect(steps[1]).toMatchObject({ name: 'connect with TLS', result: 'failed' });
  expect(steps[1]?.said).toMatch(/connect without TLS/);
});
