import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBy, readChains, startArchiver } from '../flows/archiving';
import { TOPIC, type Environment } from '../flows/environment';
import { startEnvironment } from '../flows/start-environment';

let environment: Environment;

beforeEach(async () => {
  environment = await startEnvironment(1);
});
afterEach(() => environment.close());

/** Debian's kcat, which is librdkafka. */
async function produce(codec: string, lines: readonly string[]): Promise<void> {
  const kcat = spawn('kcat', ['-b', environment.kafkaAddress, '-t', TOPIC, '-P', '-z', codec, '-X', 'linger.ms=200'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(kcat, 'exit');
  kcat.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [code] = (await ended.catch((cause: unknown) => {
    throw new Error('kcat is needed: apt-get install kcat', { cause });
  })) as [number];
  expect(code).toBe(0);
}

test('messages that librdkafka compressed with any codec are archived byte for byte', async () => {
  const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
  const linesOf = (codec: string): string[] =>
    Array.from({ length: 300 }, (_, index) => `{"codec":"${codec}","number":${index},"text":"${'snow '.repeat(20)}"}`);
  for (const codec of codecs) await produce(codec, linesOf(codec));

  const watched = await startArchiver(environment);
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(1_500);
  await watched.archiver.stop();

  const [chain] = await readChains(environment.store);
  expect(chain?.records.map(({ value }) => value?.toString())).toEqual(codecs.flatMap(linesOf));
  expect(watched.problems).toEqual([]);
});
