/**
 * Whether a message's cost depends on what it should not depend on: how many messages the topic has, how many
 * partitions, how many objects the bucket holds already. CPU time is compared, without what an empty topic costs: that
 * is start-up.
 */
import { loadTopic } from './load';
import { median } from './measure';
import type { DataSet } from './options';
import { measureOnce, type Bench } from './speed';
import { archiveCommand, targetFlags, type Setting, type Subject } from './subjects';
import { print, ratio, seconds, table, tell } from './table';

interface Point {
  readonly name: string;
  readonly messages: number;
  readonly cpuSeconds: number;
  /** CPU seconds of the same without a message */
  readonly startUp: number;
}

const PARTITIONS = [1, 12, 50, 200];
const OBJECTS = 3_000;
const ROUNDS = 3;

export async function measureGrowth(bench: Bench): Promise<void> {
  const messages = bench.options.growthMessages;
  const sizes = [messages / 4, messages, messages * 4].map((each) => ({ messages: each, partitions: 3 }));
  const partitions = PARTITIONS.map((each) => ({ messages, partitions: each }));
  print('\nCPU time of a message, zstd 3 and age, into nothing; start-up, measured on an empty topic, taken off');
  printPoints(await inTurn(sizes, (each) => freshTopic(bench, each, `${each.messages} messages`)));
  printPoints(await inTurn(partitions, (each) => freshTopic(bench, each, `${each.partitions} partitions`)));
  printPoints(await objectsInBucket(bench, messages));
}

function printPoints(points: readonly Point[]): void {
  const costs = points.map(({ messages, cpuSeconds, startUp }) => ((cpuSeconds - startUp) / messages) * 1e6);
  const rows = points.map(({ name, startUp }, index) => {
    const cost = costs[index] ?? Number.NaN;
    return [name, cost.toFixed(2), ratio(cost / (costs[0] ?? Number.NaN)), seconds(startUp)];
  });
  print(`\n${table(['', 'CPU us a message', 'of the first', 'start-up CPU s'], rows)}`);
}

async function emptyTopic(bench: Bench, partitions: number): Promise<number> {
  const topic = topicName(`empty-${partitions}`);
  await bench.servers.makeTopic(topic, partitions);
  const cpuSeconds = await medianCpu(bench, topic, { messages: 0, partitions, size: 250 });
  await bench.servers.deleteTopic(topic);
  return cpuSeconds;
}

async function freshTopic(bench: Bench, size: Omit<DataSet, 'size'>, name: string): Promise<Point> {
  const set: DataSet = { ...size, size: 250 };
  const startUp = await emptyTopic(bench, set.partitions);
  const topic = topicName(`${set.messages}-${set.partitions}`);
  await fill(bench, topic, set);
  const cpuSeconds = await medianCpu(bench, topic, set);
  await bench.servers.deleteTopic(topic);
  return { name, messages: set.messages, cpuSeconds, startUp };
}

/** The same messages behind no object, and behind thousands of them; a group that knows where it was, and one that does not. */
async function objectsInBucket(bench: Bench, messages: number): Promise<readonly Point[]> {
  const set: DataSet = { messages, partitions: 3, size: 250 };
  const empty = await freshTopic(bench, set, 'no object in the bucket');
  const topic = topicName('objects');
  await fill(bench, topic, { ...set, messages: OBJECTS * 10 });
  const fillBucket: Flags = { prefix: topic, group: `${topic}-known`, extra: ['--max-records', '10'] };
  await measureOnce(bench, archiver(bench, fillBucket), topic, { ...set, messages: OBJECTS * 10 });
  const points = [empty];
  for (const [group, name] of [
    ['known', 'behind 3,000 objects, the group has been there'],
    ['other', 'behind 3,000 objects, a new group'],
  ] as const) {
    await loadTopic(bench.servers.kafka, topic, set, bench.options.batchBytes);
    const subject = archiver(bench, { prefix: topic, group: `${topic}-${group}`, extra: [] });
    const { cpuSeconds } = await measureOnce(bench, subject, topic, set);
    points.push({ name, messages, cpuSeconds, startUp: empty.startUp });
  }
  await bench.servers.deleteTopic(topic);
  return points;
}

interface Flags {
  readonly prefix: string;
  readonly group: string;
  readonly extra: readonly string[];
}

/** Counts what one run added. */
function archiver({ servers }: Bench, flags: Flags | null): Subject {
  return {
    name: 'permafrost',
    needs: [],
    prepare: (setting: Setting) => {
      const { prefix, group, extra } = flags ?? { prefix: setting.run, group: setting.run, extra: [] };
      const before = servers.swallower.recordsUnder(prefix);
      const command = archiveCommand(setting, group, prefix);
      return Promise.resolve({
        stages: [[...command, ...targetFlags(setting, 'nothing'), '--recipient', setting.recipient, ...extra]],
        outputFile: `${setting.folder}/events.jsonl`,
        countMessages: () => Promise.resolve(servers.swallower.recordsUnder(prefix) - before),
      });
    },
  };
}

async function medianCpu(bench: Bench, topic: string, set: DataSet): Promise<number> {
  const rounds = Array.from({ length: ROUNDS }, (_, index) => index);
  const costs = await inTurn(rounds, () => measureOnce(bench, archiver(bench, null), topic, set));
  return median(costs.map(({ cpuSeconds }) => cpuSeconds));
}

async function fill(bench: Bench, topic: string, set: DataSet): Promise<void> {
  tell(`filling ${topic} ...`);
  await bench.servers.makeTopic(topic, set.partitions);
  await loadTopic(bench.servers.kafka, topic, set, bench.options.batchBytes);
}

function topicName(what: string): string {
  return `bench-growth-${what}-${process.pid}`;
}

async function inTurn<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
