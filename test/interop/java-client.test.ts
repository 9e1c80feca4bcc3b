/**
 * Apache Kafka's own Java client against the sandbox broker. Its jars come with Maven, into the user's cache; where they
 * can't be had the test is skipped and says what is missing.
 */
import path from 'node:path';
import { expect, test } from 'vitest';
import { read } from '../../scripts/child-process.mjs';
import { say } from '../../scripts/console.mjs';
import { kafkaJars } from '../real/kafka-jars';
import { reasonWhyNot } from '../real/unavailable';
import { addressOf, run, runPython, startBroker, startSandbox } from './foreign-clients';

/** A JVM on a busy machine. */
const TIMEOUT_MS = 180_000;

const whyNot = await reasonWhyNot(kafkaJars);
if (whyNot !== null) say(`skipped: ${whyNot}`);

/** Compiles and runs one of the programs in test/interop/java. @returns the lines it printed */
async function runJava(name: string, broker: string): Promise<string[]> {
  const source = path.join(import.meta.dirname, 'java', `${name}.java`);
  const classPath = path.join(await kafkaJars(), '*');
  const { exitCode, stdout, stderr } = await read('java', ['-cp', classPath, source, broker]);
  expect(exitCode, stderr).toBe(0);
  return stdout.trimEnd().split('\n');
}

test.skipIf(whyNot !== null)(
  'the Java client commits, aborts, is fenced, commits offsets and reads what is committed',
  async () => {
    expect(await runJava('Transactions', await startBroker())).toEqual([
      'read 0 a',
      'read 1 b',
      'committed 2',
      'fenced',
      'again 0 a',
      'again 1 b',
      'again 5 d',
      'again 9 f',
      'end 11',
      'groups riders',
    ]);
  },
  TIMEOUT_MS,
);

test.skipIf(whyNot !== null)(
  'the Java consumer reads a compacted topic of every codec, and notices that a log was cut below its position',
  async () => {
    const broker = await startSandbox();
    const address = addressOf(broker);
    await runPython(
      address,
      `
admin = AdminClient({'bootstrap.servers': broker})
made = admin.create_topics([NewTopic('seats', 1, 1, config={'cleanup.policy': 'compact'}), NewTopic('cut', 1, 1)])
for topic in made.values():
    topic.result(10)
`,
    );
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
    for (const codec of codecs) {
      const lines = ['a', 'b', codec].map((key) => `${key}=${codec} ${'seat '.repeat(100)}`).join('\n');
      const produce = ['-b', address, '-P', '-t', 'seats', '-K', '=', '-z', codec, '-X', 'linger.ms=200'];
      await run('kcat', produce, lines);
    }
    for (const value of ['1', '2', '3', '4']) await run('kcat', ['-b', address, '-P', '-t', 'cut'], value);

    await broker.maintain('seats');
    await broker.truncate('cut', 0, 2);

    const value = (codec: string): string => `${codec} ${'seat '.repeat(100)}`;
    expect(await runJava('Positions', address)).toEqual([
      ...codecs.slice(0, -1).map((codec, at) => `${3 * at + 2} ${codec}=${value(codec)}`),
      `12 a=${value('zstd')}`,
      `13 b=${value('zstd')}`,
      `14 zstd=${value('zstd')}`,
      'truncated at 2',
    ]);
    const read = await run('kcat', ['-b', address, '-C', '-t', 'seats', '-e', '-q', '-K', '=']);
    expect(read.trimEnd().split('\n')).toHaveLength(7);
  },
  TIMEOUT_MS,
);
