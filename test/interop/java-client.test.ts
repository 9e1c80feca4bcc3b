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
import { startBroker } from './foreign-clients';

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
);
