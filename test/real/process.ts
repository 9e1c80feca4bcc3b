/** A server of somebody else's in a process of its own: started until it answers, stopped or killed, started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerCommand {
  /** in messages */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** where it writes what it says */
  readonly logFile: string;
  /** resolves once the server answers, rejects while it does not */
  readonly probe: () => Promise<void>;
}

const START_TIMEOUT_MS = 90_000;
const PROBE_EVERY_MS = 100;

export class ServerProcess {
  readonly #command: ServerCommand;
  #child: ChildProcess | null = null;
  readonly #killAtExit = (): void => void this.#child?.kill('SIGKILL');

  constructor(command: ServerCommand) {
    this.#command = command;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws Error with the end of the server's log when it ends, or does not answer in time */
  async start(): Promise<void> {
    const { name, command, args, logFile, probe } = this.#command;
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    process.once('exit', this.#killAtExit);
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const answer = await probe().catch((thrown: unknown) => String(thrown));
      if (answer === undefined && isRunning(child)) return;
      if (!isRunning(child) || Date.now() > deadline) {
        await this.kill();
        const said = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-20).join('\n');
        throw new Error(`${name} did not start (${answer ?? 'it ended'}). It said:\n${said}`);
      }
      await sleep(PROBE_EVERY_MS);
    }
  }

  /** In order: it flushes and ends. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** kill -9 */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    process.removeListener('exit', this.#killAtExit);
    if (!isRunning(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Ports that nobody listens on; somebody else may take one before its server does. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
