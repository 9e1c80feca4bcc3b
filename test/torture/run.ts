/**
 * Kills, crashes, freezes and cuts whatever takes part in archiving, in an order that a seed gives, while messages are
 * written; then looks whether every one is in the bucket exactly once.
 */
import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BucketProxy, type UploadFault } from './upload-proxy';
import { Member, type Target } from './members';
import { Producers } from './producers';
import { pick, seeded } from './random';
import { makeBucket, makeTopic, startRealServers, startSandboxServers, type Servers } from './servers';

export interface TortureOptions {
  readonly faults: number;
  readonly seed: number;
  readonly isReal: boolean;
  readonly say: (text: string) => void;
}

export interface TortureResult {
  readonly faults: Readonly<Record<string, number>>;
  readonly members: number;
  readonly records: number;
  readonly objects: number;
  readonly acknowledged: number;
  readonly problems: readonly string[];
  readonly seconds: number;
  /** kept when there are problems */
  readonly folder: string;
}

const TOPIC = 'torture';
const BUCKET = 'torture';
const PARTITIONS = 4;
const MAX_MEMBERS = 3;
const SESSION_MS = 2_000;
/** for an archive, before the next fault comes all the same */
const LONGEST_WAIT_MS = 6_000;

const UPLOAD_FAULTS: readonly UploadFault[] = [
  { kind: 'lose-reply' },
  { kind: 'duplicate' },
  { kind: 'cut' },
  { kind: 'reset' },
  { kind: 'refuse', status: 503 },
  { kind: 'refuse', status: 429 },
  { kind: 'delay', ms: 1_500 },
];

export async function torture(options: TortureOptions): Promise<TortureResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-torture-'));
  const data = path.join(folder, 'sandbox');
  await mkdir(data);
  setMaxListeners(0, process); // one for each process that must not outlive this one
  const servers = await (options.isReal ? startRealServers(data) : startSandboxServers(data));
  const proxy = await BucketProxy.start(servers.endpoint);
  try {
    const run = new Run(options, servers, proxy, folder);
    const result = await run.go();
    if (result.problems.length === 0) await rm(folder, { recursive: true });
    return result;
  } finally {
    await proxy.close();
    await servers.close();
  }
}

class Run {
  readonly #options: TortureOptions;
  readonly #servers: Servers;
  readonly #proxy: BucketProxy;
  readonly #folder: string;
  readonly #random: () => number;
  readonly #counts: Record<string, number> = {};
  /** what goes on beside the schedule: servers that come back, members that are thawed */
  readonly #aside = new Set<Promise<void>>();
  #members: Member[] = [];
  #started = 0;
  #isBrokerDown = false;

  constructor(options: TortureOptions, servers: Servers, proxy: BucketProxy, folder: string) {
    this.#options = options;
    this.#servers = servers;
    this.#proxy = proxy;
    this.#folder = folder;
    this.#random = seeded(options.seed);
  }

  async go(): Promise<TortureResult> {
    const began = Date.now();
    await makeTopic(this.#servers.kafka, TOPIC, PARTITIONS);
    await makeBucket(this.#servers.endpoint, BUCKET);
    const identities = [await makeKey(this.#folder, 'one'), await makeKey(this.#folder, 'two')];
    const target: Target = {
      kafka: this.#servers.kafka,
      endpoint: this.#proxy.endpoint,
      bucket: BUCKET,
      topic: TOPIC,
      recipients: identities.map(({ recipient }) => recipient),
      folder: this.#folder,
    };
    const producers = new Producers(this.#servers.kafka, TOPIC, seeded(this.#options.seed + 1));
    producers.start();
    await this.#schedule(target);
    await producers.stop();
    await this.#finish(target);
    const found = await this.#check(
      identities.map(({ file }) => file),
      producers,
    );
    const problems = [...this.#proxy.violations, ...found.problems];
    const seconds = (Date.now() - began) / 1_000;
    return { ...found, problems, faults: this.#counts, members: this.#started, seconds, folder: this.#folder };
  }

  async #schedule(target: Target): Promise<void> {
    let told = Date.now();
    while (this.#faults < this.#options.faults) {
      this.#members = this.#members.filter((member) => member.isRunning);
      if (this.#members.length === 0) this.#startMember(target);
      await this.#progress();
      this.#strike(target);
      if (Date.now() - told < 10_000) continue;
      told = Date.now();
      this.#options.say(`${this.#faults} faults, ${this.#started} archivers`);
    }
  }

  /** Mostly the next fault waits for an archive, so that it meets archivers at work; now and then it follows at once. */
  async #progress(): Promise<void> {
    await sleep(50 + this.#random() * 250);
    if (this.#random() < 0.25) return;
    const before = this.#proxy.created;
    const until = Date.now() + LONGEST_WAIT_MS;
    while (this.#proxy.created === before && Date.now() < until) await sleep(20);
  }

  get #faults(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  #strike(target: Target): void {
    const strikes: readonly (readonly [number, () => void])[] = [
      [24, () => this.#kill(target)],
      [8, () => this.#leave()],
      [10, () => this.#join(target)],
      [10, () => this.#crash()],
      [6, () => this.#freeze()],
      [5, () => this.#moveClock()],
      [28, () => this.#spoilUpload()],
      [4, () => this.#storm()],
      [5, () => this.#restartBroker()],
    ];
    let left = this.#random() * strikes.reduce((sum, [weight]) => sum + weight, 0);
    const [, strike] = strikes.find(([weight]) => (left -= weight) < 0) ?? strikes[0]!;
    strike();
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }

  #startMember(target: Target): void {
    this.#started += 1;
    this.#members.push(new Member(target, this.#started, this.#random, []));
  }

  #victim(): Member {
    return pick(this.#random, this.#members);
  }

  #kill(target: Target): void {
    this.#victim().kill();
    this.#count('kill -9 of an archiver');
    if (this.#random() < 0.7) this.#startMember(target);
  }

  #leave(): void {
    if (this.#members.length < 2) return;
    this.#victim().askToEnd();
    this.#count('an archiver leaves');
  }

  #join(target: Target): void {
    if (this.#members.length >= MAX_MEMBERS) return;
    this.#startMember(target);
    this.#count('an archiver joins');
  }

  #crash(): void {
    this.#victim().crashWorker();
    this.#count('crash of a worker thread');
  }

  /** Longer than its session: when it wakes, others have its partitions. */
  #freeze(): void {
    const victim = this.#victim();
    victim.freeze();
    this.#count('an archiver freezes');
    this.#beside(async () => {
      await sleep(SESSION_MS + 500 + this.#random() * 2_000);
      victim.thaw();
    });
  }

  #moveClock(): void {
    this.#victim().moveClock((this.#random() - 0.5) * 7_200_000);
    this.#count('the clock jumps');
  }

  #spoilUpload(): void {
    if (this.#proxy.waiting >= 3) return; // faults that no upload meets are none
    const fault = pick(this.#random, UPLOAD_FAULTS);
    this.#proxy.arm(fault);
    this.#count(`upload: ${fault.kind}${fault.kind === 'refuse' ? ` ${fault.status}` : ''}`);
  }

  #storm(): void {
    this.#proxy.storm(500 + this.#random() * 1_500);
    this.#count('a storm of 503');
  }

  #restartBroker(): void {
    if (this.#isBrokerDown) return;
    this.#isBrokerDown = true;
    const isKill = this.#random() < 0.6;
    this.#count(isKill ? 'kill -9 of the broker' : 'restart of the broker');
    const downMs = this.#random() * 1_500;
    this.#beside(async () => {
      await this.#servers.restart(isKill, () => sleep(downMs));
      this.#isBrokerDown = false;
    });
  }

  #beside(work: () => Promise<void>): void {
    const done = work().finally(() => this.#aside.delete(done));
    this.#aside.add(done);
  }

  /** No more faults: all end in order, and a last archiver goes to the end of the topic. */
  async #finish(target: Target): Promise<void> {
    this.#proxy.calm();
    await Promise.all(this.#aside);
    for (const member of this.#members) member.askToEnd();
    const codes = await Promise.all(this.#members.map((member) => member.ended));
    this.#options.say(`the archivers end with ${codes.join(', ')}`);
    this.#started += 1;
    const last = new Member(target, this.#started, this.#random, ['--until-end']);
    const code = await last.ended;
    if (code !== 0)
      throw new Error(`The last archiver ended with ${code}: see ${this.#folder}, seed ${this.#options.seed}`);
  }

  async #check(identities: readonly string[], { written }: Producers): Promise<Found> {
    const [acknowledged, aborted] = ['acknowledged', 'aborted'].map((name) => path.join(this.#folder, `${name}.json`));
    await writeFile(acknowledged!, JSON.stringify([...written.acknowledged]));
    await writeFile(aborted!, JSON.stringify([...written.aborted]));
    const { kafka, endpoint } = this.#servers;
    const args = [kafka, TOPIC, endpoint, BUCKET, 'archive', identities.join(','), acknowledged!, aborted!];
    const script = path.resolve('test/torture/check.py');
    const { stdout, stderr } = await promisify(execFile)('/usr/bin/python3', [script, ...args], {
      maxBuffer: 1e8,
    }).catch((thrown: unknown) => thrown as { stdout: string; stderr: string });
    if (!stdout.startsWith('{')) throw new Error(`The reader failed, see ${this.#folder}: ${stderr}`);
    return JSON.parse(stdout) as Found;
  }
}

type Found = Pick<TortureResult, 'records' | 'objects' | 'acknowledged' | 'problems'>;

async function makeKey(folder: string, name: string): Promise<{ file: string; recipient: string }> {
  const file = path.join(folder, `${name}.age`);
  await promisify(execFile)('age-keygen', ['-o', file]);
  const { stdout } = await promisify(execFile)('age-keygen', ['-y', file]);
  return { file, recipient: stdout.trim() };
}
