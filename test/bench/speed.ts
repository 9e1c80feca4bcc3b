/** All subjects in turn, several rounds, on the same topic: what the machine does meanwhile meets them all. */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { loadTopic } from './load';
import { measure, medianCost, type Cost } from './measure';
import type { BenchOptions, DataSet } from './options';
import type { Servers } from './servers';
import { isThere, type Setting, type Subject } from './subjects';
import { megabytes, print, ratio, seconds, table, tell } from './table';

export interface Bench {
  readonly options: BenchOptions;
  readonly servers: Servers;
  /** what runs write goes into folders of their own in here */
  readonly folder: string;
  readonly recipient: string;
  readonly identityFile: string;
}

export async function measureSpeed(bench: Bench, subjects: readonly Subject[]): Promise<void> {
  const usable = await usableOf(subjects);
  for (const set of bench.options.sets) await measureSet(bench, set, usable);
}

async function usableOf(subjects: readonly Subject[]): Promise<readonly Subject[]> {
  const usable: Subject[] = [];
  for (const subject of subjects) {
    const there = await Promise.all(subject.needs.map(isThere));
    const missing = subject.needs.filter((_, index) => there[index] !== true);
    if (missing.length === 0) usable.push(subject);
    else tell(`skipped: ${subject.name}. It needs: ${missing.map(({ install }) => install).join('; ')}`);
  }
  return usable;
}

async function measureSet(bench: Bench, set: DataSet, subjects: readonly Subject[]): Promise<void> {
  const { options, servers } = bench;
  const topic = `bench-${set.messages}-${set.partitions}-${set.size}-${process.pid}`;
  tell(`filling ${topic} ...`);
  await servers.makeTopic(topic, set.partitions);
  const { rawBytes } = await loadTopic(servers.kafka, topic, set, options.batchBytes);
  const costs = new Map<Subject, Cost[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const subject of subjects) {
      if (subject.isSlow === true && round > 0) continue;
      const cost = await measureOnce(bench, subject, topic, set);
      costs.get(subject)?.push(cost);
      tell(
        `${subject.name}: ${seconds(cost.seconds)} s, ${seconds(cost.cpuSeconds)} CPU s, ${megabytes(cost.peakBytes)} MB`,
      );
    }
  }
  await servers.deleteTopic(topic);
  const mean = Math.round(rawBytes / set.messages);
  print(
    `\n${set.messages.toLocaleString('en')} messages of ${mean} bytes on ${set.partitions} partitions of ${servers.kafkaName}, ` +
      `batches of ${options.batchBytes} bytes; medians of ${options.rounds} interleaved rounds\n`,
  );
  print(resultTable(set, subjects, costs));
}

let runs = 0;

/** One run, checked. @throws Error when it failed, or made something else than all messages */
export async function measureOnce(bench: Bench, subject: Subject, topic: string, set: DataSet): Promise<Cost> {
  const folder = await mkdtemp(path.join(bench.folder, 'run-'));
  const { servers, recipient, identityFile } = bench;
  const run = `${process.pid}-${(runs += 1)}`;
  const setting: Setting = { servers, topic, set, recipient, identityFile, folder, run };
  try {
    const work = await subject.prepare(setting);
    const cost = await measure({ ...work, scratch: bench.folder });
    const counted = await work.countMessages();
    if (counted !== set.messages) {
      throw new Error(`${subject.name} made ${counted} messages of ${set.messages}: its time does not count`);
    }
    return cost;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function resultTable(set: DataSet, subjects: readonly Subject[], costs: ReadonlyMap<Subject, readonly Cost[]>): string {
  const rows = subjects.map((subject) => ({ subject, cost: medianCost(costs.get(subject) ?? []) }));
  const first = rows[0];
  return table(
    ['', 'seconds', 'CPU s', 'peak MB', 'k msg/s', 'its time / first', 'its memory / first'],
    rows.map(({ subject, cost }) => [
      subject.name,
      seconds(cost.seconds),
      seconds(cost.cpuSeconds),
      megabytes(cost.peakBytes),
      (set.messages / cost.seconds / 1000).toFixed(0),
      first === undefined ? '' : ratio(cost.seconds / first.cost.seconds),
      first === undefined ? '' : ratio(cost.peakBytes / first.cost.peakBytes),
    ]),
  );
}
