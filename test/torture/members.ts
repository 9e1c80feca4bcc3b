/** The archiver processes: members of one group that come, go, crash, freeze and are killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { pick } from './random';

export const COMMAND = path.resolve('test/torture/command.mjs');
const PRELOAD = path.resolve('test/torture/preload.mjs');

export interface Target {
  readonly kafka: string;
  readonly endpoint: string;
  readonly bucket: string;
  readonly topic: string;
  readonly recipients: readonly string[];
  readonly folder: string;
}

/** Ways to archive that two members of a group may differ in. */
const WAYS: readonly (readonly string[])[] = [
  ['--codec', 'zstd', '--level', '3'],
  ['--codec', 'zstd', '--level', '1', '--workers', '2'],
  ['--codec', 'gzip'],
  ['--codec', 'none'],
];
const LIMITS: readonly (readonly string[])[] = [
  ['--max-age', '1s', '--max-records', '300'],
  ['--max-age', '2s', '--max-bytes', '64kB'],
  ['--max-age', '500ms'],
];

export class Member {
  readonly #process: ChildProcess;
  readonly #control: string;
  #told = { clock: 0, crash: 0 };
  readonly ended: Promise<number | null>;

  constructor(target: Target, number: number, random: () => number, flags: readonly string[]) {
    this.#control = path.join(target.folder, `member-${number}.json`);
    this.#tell();
    const log = path.join(target.folder, `member-${number}.log`);
    this.#process = spawn(
      process.execPath,
      ['--import', pathToFileURL(PRELOAD).href, COMMAND, ...archive(target, random), ...flags],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, PERMAFROST_TORTURE: this.#control, PERMAFROST_ACCESS_TOKEN: 'sandbox-archiver' },
      },
    );
    process.once('exit', () => this.kill());
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (text: Buffer) => appendFileSync(log, text));
    }
    this.ended = once(this.#process, 'exit').then(([code]) => code as number | null);
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  askToEnd(): void {
    this.#process.kill('SIGCONT');
    this.#process.kill('SIGTERM');
  }

  freeze(): void {
    this.#process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process.kill('SIGCONT');
  }

  crashWorker(): void {
    this.#told = { ...this.#told, crash: this.#told.crash + 1 };
    this.#tell();
  }

  moveClock(ms: number): void {
    this.#told = { ...this.#told, clock: ms };
    this.#tell();
  }

  #tell(): void {
    writeFileSync(`${this.#control}.new`, JSON.stringify(this.#told));
    renameSync(`${this.#control}.new`, this.#control);
  }
}

function archive({ kafka, endpoint, bucket, topic, recipients }: Target, random: () => number): string[] {
  const to = ['--brokers', kafka, '--topic', topic, '--endpoint', endpoint, '--bucket', bucket];
  const isEncrypted = random() < 0.8;
  const keys = isEncrypted ? ['--recipient', pick(random, recipients)] : ['--no-encryption'];
  const way = [...pick(random, WAYS), ...pick(random, LIMITS)];
  return ['archive', ...to, ...keys, ...way, '--session-timeout', '2s', '--json'];
}
