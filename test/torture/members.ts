/**
 * The archivers under torture: up to three processes of one consumer group, each behind proxies of its own. One that is to
 * be up and is not is started again, as a service manager would.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBucketProxy, type BucketProxy } from '../faults/bucket-proxy';
import { startKafkaProxy, type KafkaProxy } from '../faults/kafka-proxy';
import type { Keys } from './keys';
import type { Random } from './random';
import { COMMAND, type TortureServers } from './servers';

export interface MemberOptions {
  readonly topic: string;
  readonly bucket: string;
  readonly group: string;
  readonly sessionMs: number;
  readonly keys: Keys;
  /** its logs lie there */
  readonly folder: string;
}

const PRELOAD = pathToFileURL(path.join(import.meta.dirname, 'preload.mjs')).href;
const RESTART_WAIT_MS = 300;
/** of the account that may create objects and read them, and nothing else */
const CREATOR_TOKEN = 'sandbox-archiver';

/** How a process ended that nobody had asked to. */
export interface OwnEnd {
  readonly slot: number;
  /** an exit code, or the signal of a process that broke down */
  readonly how: number | NodeJS.Signals | null;
  /** it had become a member of the group: from then on no fault is a reason to end */
  readonly wasArchiving: boolean;
  /** its last line */
  readonly said: string;
  readonly logFile: string;
}

interface Asked {
  uploads: number;
  readonly violations: string[];
}

export class Member {
  readonly slot: number;
  readonly kafkaProxy: KafkaProxy;
  readonly bucketProxy: BucketProxy;
  /** processes so far */
  starts = 0;
  readonly ownEnds: OwnEnd[] = [];
  readonly #asked: Asked;
  readonly #options: MemberOptions;
  readonly #random: Random;
  #child: ChildProcess | null = null;
  #isWanted = false;
  #isPaused = false;
  #clockMs = 0;
  #crashes = 0;

  private constructor(
    slot: number,
    options: MemberOptions,
    random: Random,
    kafkaProxy: KafkaProxy,
    bucketProxy: BucketProxy,
    asked: Asked,
  ) {
    this.slot = slot;
    this.#asked = asked;
    this.#options = options;
    this.#random = random;
    this.kafkaProxy = kafkaProxy;
    this.bucketProxy = bucketProxy;
    this.#control();
  }

  /** @param random for its settings, which differ from start to start */
  static async create(slot: number, servers: TortureServers, options: MemberOptions, random: Random): Promise<Member> {
    const [host = '', port = ''] = servers.kafkaAddress.split(':');
    const kafkaProxy = await startKafkaProxy({ host, port: Number(port) });
    const asked: Asked = { uploads: 0, violations: [] };
    const bucketProxy = await startBucketProxy(servers.bucketEndpoint, ({ verb, method, url }) => {
      const isCreateOnly = new URL(url, servers.bucketEndpoint).searchParams.get('ifGenerationMatch') === '0';
      if (verb === 'upload') asked.uploads += 1;
      if (verb === 'upload' ? !isCreateOnly : method !== 'GET')
        asked.violations.push(`an archiver asked ${method} ${url}`);
    });
    return new Member(slot, options, random, kafkaProxy, bucketProxy, asked);
  }

  get uploads(): number {
    return this.#asked.uploads;
  }

  /** what it asked of the bucket and must not: to overwrite, to delete */
  get violations(): readonly string[] {
    return this.#asked.violations;
  }

  /** It is to be up: also where it is down at the moment. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Its process runs. */
  get isUp(): boolean {
    return this.#child !== null && !this.#isPaused;
  }

  /** of the process that was started last */
  get logFile(): string {
    return path.join(this.#options.folder, `member-${this.slot}-${this.starts}.log`);
  }

  start(): void {
    this.#isWanted = true;
    if (this.#child !== null) return;
    this.starts += 1;
    const settings = [...this.#settings(), '--session-timeout', `${this.#options.sessionMs}ms`];
    const { logFile } = this;
    const child = this.#spawn(settings, logFile);
    this.#child = child;
    child.once('exit', (exitCode, signal) => {
      if (this.#child !== child) return; // it was told to end
      this.#child = null;
      this.#isPaused = false;
      const log = readFileSync(logFile, 'utf8');
      const said = log.trimEnd().split('\n').at(-1) ?? '';
      const wasArchiving = log.includes('"event":"archiving"');
      this.ownEnds.push({ slot: this.slot, how: exitCode ?? signal, wasArchiving, said, logFile });
      setTimeout(() => {
        if (this.#isWanted) this.start();
      }, RESTART_WAIT_MS);
    });
  }

  /** Archives to the end of the topic, then ends. @returns the exit code, and where its log lies */
  async drain(): Promise<{ readonly exitCode: number | null; readonly logFile: string }> {
    this.starts += 1;
    const logFile = path.join(this.#options.folder, `drain-${this.starts}.log`);
    const child = this.#spawn(['--no-encryption', '--until-end'], logFile);
    const [exitCode] = (await once(child, 'exit')) as [number | null];
    return { exitCode, logFile };
  }

  /** kill -9. @param isBack whether it is to be started again by `start` */
  async kill(isBack: boolean): Promise<void> {
    const child = this.#letGo(isBack);
    if (child === null) return;
    child.kill('SIGKILL');
    await ended(child);
  }

  /** SIGTERM. @returns its exit code; null for one that was down or had to be killed */
  async stop(isBack: boolean, patienceMs: number): Promise<number | null> {
    const child = this.#letGo(isBack);
    if (child === null) return null;
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await ended(child);
    clearTimeout(killer);
    return child.exitCode;
  }

  async pause(ms: number): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#isPaused = true;
    child.kill('SIGSTOP');
    await sleep(ms);
    child.kill('SIGCONT');
    if (this.#child === child) this.#isPaused = false;
  }

  crashWorker(): void {
    this.#crashes += 1;
    this.#control();
  }

  jumpClock(ms: number): void {
    this.#clockMs += ms;
    this.#control();
  }

  async close(): Promise<void> {
    await this.kill(false);
    await Promise.all([this.kafkaProxy.close(), this.bucketProxy.close()]);
  }

  #letGo(isBack: boolean): ChildProcess | null {
    const child = this.#child;
    this.#isWanted = isBack;
    this.#child = null;
    this.#isPaused = false;
    return child;
  }

  #spawn(settings: readonly string[], logFile: string): ChildProcess {
    const { topic, bucket, group } = this.#options;
    const target = ['--brokers', this.kafkaProxy.address, '--topic', topic, '--group', group];
    const place = ['--endpoint', this.bucketProxy.endpoint, '--bucket', bucket];
    const log = openSync(logFile, 'a');
    const child = spawn(
      process.execPath,
      ['--import', PRELOAD, COMMAND, 'archive', ...target, ...place, ...settings, '--json'],
      {
        stdio: ['ignore', log, log],
        env: {
          ...process.env,
          PERMAFROST_ACCESS_TOKEN: CREATOR_TOKEN,
          PERMAFROST_TORTURE_CONTROL: this.#controlFile,
        },
      },
    );
    closeSync(log);
    return child;
  }

  /** Two members may differ in all of them: the bucket decides. */
  #settings(): string[] {
    const random = this.#random;
    const { x25519, rsa } = this.#options.keys.recipients;
    const keys = random.pick([
      ['--no-encryption'],
      ['--recipient', x25519],
      ['--recipient', rsa, '--recipient', x25519],
    ]);
    return [
      ...keys,
      ...['--codec', ...random.pick([['none'], ['gzip'], ['zstd', '--level', '1'], ['zstd', '--level', '3']])],
      ...['--max-bytes', String(random.pick([16_000, 64_000]))],
      ...['--max-records', String(random.pick([100, 300, 700]))],
      ...['--max-age', random.pick(['1s', '1500ms'])],
      ...['--workers', String(random.pick([1, 1, 2]))],
    ];
  }

  get #controlFile(): string {
    return path.join(this.#options.folder, `control-${this.slot}.json`);
  }

  /** Renamed into place: whoever reads it finds it whole. */
  #control(): void {
    const draft = `${this.#controlFile}.new`;
    writeFileSync(draft, JSON.stringify({ clockMs: this.#clockMs, crashes: this.#crashes }));
    renameSync(draft, this.#controlFile);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
