/**
 * One run of the torture: servers, members and producers are started, faults rain for a while, then it is calm, the members
 * must catch up by themselves and drain; at the end an independent reader compares the bucket with the topic.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs-plain';
import { read } from '../../scripts/child-process.mjs';
import { BucketWatch } from './bucket-watch';
import { makeKeys } from './keys';
import { Member, type OwnEnd } from './members';
import { produce, type Sent } from './producers';
import { Random } from './random';
import { schedule, SLOTS } from './schedule';
import { startServers, type TortureServers } from './servers';
import { Torturer } from './torturer';

export interface TortureOptions {
  readonly seed: number;
  /** so many */
  readonly faults: number;
  /** no further faults after this */
  readonly minutes: number;
  /** Apache Kafka in place of the sandbox's broker */
  readonly isReal: boolean;
  readonly ratePerSecond: number;
  /** leaves everything there to be looked at, also without a defect */
  readonly keeps: boolean;
  readonly say: (line: string) => void;
}

export interface TortureReport {
  /** what went wrong, a line each; empty when nothing was lost, doubled or changed */
  readonly defects: readonly string[];
  readonly faults: ReadonlyMap<string, number>;
  readonly stops: ReadonlyMap<string, number>;
  readonly ownEnds: readonly OwnEnd[];
  readonly membersStarted: number;
  readonly records: number;
  readonly objects: number;
  readonly encrypted: number;
  readonly acknowledged: number;
  readonly aborted: number;
  readonly unclear: number;
  readonly looks: number;
  readonly seconds: Readonly<Record<'faults' | 'caught up' | 'drained' | 'verified', number>>;
  /** where everything lies; gone when there was no defect, unless it was to be kept */
  readonly folder: string;
}

const TOPIC = 'torture';
const BUCKET = 'permafrost-torture';
const PARTITIONS = 3;
const SESSION_MS = 2_000;
const PYTHON = '/usr/bin/python3';
/**
 * In the calm the members reach the topic's end in so long, or they are stuck: an upload whose answer was cut is waited for
 * a minute, and a request to Kafka on a dead connection half a minute, one after the other.
 */
const CATCH_UP_PATIENCE_MS = 180_000;
const STOP_PATIENCE_MS = 30_000;
const PROGRESS_EVERY_MS = 15_000;

export async function torture(options: TortureOptions): Promise<TortureReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-torture-'));
  const servers = await startServers(folder, options.isReal);
  const members: Member[] = [];
  const killAll = (): void => {
    for (const member of members) void member.kill(false);
  };
  process.once('exit', killAll);
  try {
    await makeTopicAndBucket(servers);
    const keys = await makeKeys(folder);
    const about = { topic: TOPIC, bucket: BUCKET, group: 'archiver', sessionMs: SESSION_MS, keys, folder };
    for (let slot = 0; slot < SLOTS; slot += 1)
      members.push(await Member.create(slot, servers, about, new Random(options.seed * 10 + 1 + slot)));
    const report = await run(options, folder, servers, members, keys.identityFiles);
    if (report.defects.length > 0 || options.keeps) return report;
    await Promise.all([servers.close(), ...members.map((member) => member.close())]);
    await rm(folder, { recursive: true });
    return report;
  } finally {
    await Promise.all([servers.close(), ...members.map((member) => member.close())]);
    process.removeListener('exit', killAll);
  }
}

async function run(
  options: TortureOptions,
  folder: string,
  servers: TortureServers,
  members: readonly Member[],
  identities: readonly string[],
): Promise<TortureReport> {
  const { seed, say } = options;
  const defects: string[] = [];
  const clock = stopWatch();
  const producing = new AbortController();
  const watching = new AbortController();
  const watch = new BucketWatch(servers.bucketEndpoint, BUCKET);
  const { kafkaAddress } = servers;
  const produced = produce(
    { kafkaAddress, topic: TOPIC, ratePerSecond: options.ratePerSecond },
    new Random(seed * 10 + 9),
    producing.signal,
  );
  const watched = watch.watch(watching.signal);
  const torturer = new Torturer(members, servers, path.join(folder, 'schedule.log'));
  const progress = setInterval(
    () => say(`${torturer.total} faults, ${watch.objects} objects, ${clock.total()} s`),
    PROGRESS_EVERY_MS,
  );
  for (const member of members.slice(0, 2)) member.start();
  const steps = schedule(new Random(seed), { sessionMs: SESSION_MS, brokerFaultsOneIn: options.isReal ? 60 : 12 });
  await torturer.run(steps, options.faults, AbortSignal.timeout(options.minutes * 60_000));
  await torturer.calm();
  clearInterval(progress);
  const faultSeconds = clock.lap();

  producing.abort();
  const sent = await produced;
  say(`${torturer.total} faults took place; now it is calm`);
  const ends = await caughtUp(servers, watch, defects);
  const caughtUpSeconds = clock.lap();

  for (const member of members) {
    const wasUp = member.isUp;
    const exitCode = await member.stop(false, STOP_PATIENCE_MS);
    if (wasUp && exitCode !== 0) defects.push(`member ${member.slot} was asked to end, and ended with ${exitCode}`);
  }
  const drained = await members[0]?.drain();
  if (drained?.exitCode !== 0) defects.push(`--until-end ended with ${drained?.exitCode}: see ${drained?.logFile}`);
  const drainedSeconds = clock.lap();

  watching.abort();
  await watched;
  await watch.look();
  defects.push(...watch.violations, ...members.flatMap(({ violations }) => violations));
  const ownEnds = members.flatMap((member) => member.ownEnds);
  for (const { slot, how, wasArchiving, said, logFile } of ownEnds) {
    const isBroken = wasArchiving || typeof how !== 'number';
    if (isBroken) defects.push(`member ${slot} ended by itself with ${how}: ${said.slice(0, 300)} (${logFile})`);
  }
  const verified = await verify(folder, servers, identities, sent, ends);
  defects.push(...verified.defects);
  return {
    defects,
    faults: torturer.counts,
    stops: torturer.stops,
    ownEnds,
    membersStarted: members.reduce((sum, { starts }) => sum + starts, 0),
    ...verified.counts,
    unclear: sent.unclear,
    looks: watch.looks,
    seconds: {
      faults: faultSeconds,
      'caught up': caughtUpSeconds,
      drained: drainedSeconds,
      verified: clock.lap(),
    },
    folder,
  };
}

async function makeTopicAndBucket({ kafkaAddress, bucketEndpoint }: TortureServers): Promise<void> {
  const admin = adminOf(kafkaAddress);
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }], waitForLeaders: true });
  await admin.disconnect();
  const answer = await fetch(`${bucketEndpoint}/storage/v1/b?project=torture`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: BUCKET }),
  });
  if (!answer.ok) throw new Error(`The bucket could not be made: ${await answer.text()}`);
}

function adminOf(kafkaAddress: string) {
  return new Kafka({ brokers: [kafkaAddress], clientId: 'torture', logLevel: logLevel.NOTHING }).admin();
}

/** Waits until every chain reaches the end of its partition. @returns the ends */
async function caughtUp(
  { kafkaAddress }: TortureServers,
  watch: BucketWatch,
  defects: string[],
): Promise<Record<string, number>> {
  const admin = adminOf(kafkaAddress);
  await admin.connect();
  const deadline = performance.now() + CATCH_UP_PATIENCE_MS;
  for (;;) {
    // a transaction that was left open ends by its time, and moves the end once more
    const ends = (await admin.fetchTopicOffsets(TOPIC)).map(({ partition, high }) => [String(partition), Number(high)]);
    await watch.look();
    const behind = ends.filter(([partition, end]) => Number(watch.ends.get(String(partition)) ?? 0) !== Number(end));
    if (behind.length === 0 || performance.now() > deadline) {
      await admin.disconnect();
      for (const [partition, end] of behind)
        defects.push(
          `stuck: partition ${partition} is archived up to ${watch.ends.get(String(partition)) ?? 0n} of ${end}, ${CATCH_UP_PATIENCE_MS / 1_000} s after the last fault`,
        );
      return Object.fromEntries(ends) as Record<string, number>;
    }
    await sleep(500);
  }
}

interface Verified {
  readonly defects: readonly string[];
  readonly counts: Pick<TortureReport, 'records' | 'objects' | 'encrypted' | 'acknowledged' | 'aborted'>;
}

async function verify(
  folder: string,
  { kafkaAddress, bucketEndpoint }: TortureServers,
  identities: readonly string[],
  { acknowledged, aborted }: Sent,
  ends: Readonly<Record<string, number>>,
): Promise<Verified> {
  const truth = path.join(folder, 'truth');
  await mkdir(truth);
  const recorded = await read(PYTHON, [script('truth.py'), kafkaAddress, TOPIC, truth]);
  if (recorded.exitCode !== 0) throw new Error(`The topic could not be read: ${recorded.stderr}`);
  const sentFile = path.join(folder, 'sent.json');
  await writeFile(sentFile, JSON.stringify({ acknowledged, aborted }));
  const settingsFile = path.join(folder, 'verify.json');
  const settings = {
    endpoint: bucketEndpoint,
    bucket: BUCKET,
    topic: TOPIC,
    identities,
    truth,
    sent: sentFile,
    ends,
    threads: 4,
  };
  await writeFile(settingsFile, JSON.stringify(settings, null, 1));
  const { exitCode, stdout, stderr } = await read(PYTHON, [script('verify.py'), settingsFile]);
  if (stdout === '') throw new Error(`The bucket could not be verified: ${stderr}`);
  return {
    defects: exitCode === 0 ? [] : stderr.trimEnd().split('\n'),
    counts: JSON.parse(stdout) as Verified['counts'],
  };
}

function script(name: string): string {
  return path.join(import.meta.dirname, name);
}

/** Seconds, with one digit behind the point. */
function stopWatch(): { lap(): number; total(): number } {
  const began = performance.now();
  let last = began;
  const since = (from: number): number => Math.round((performance.now() - from) / 100) / 10;
  return {
    lap: () => {
      const seconds = since(last);
      last = performance.now();
      return seconds;
    },
    total: () => since(began),
  };
}
