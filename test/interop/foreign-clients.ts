/** Other people's Kafka clients, and a sandbox broker for them. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startSandboxBroker, type SandboxBroker } from '../../electron/sandbox/kafka/broker';

/** Debian's own Python: another one that comes first in the PATH does not see Debian's modules. */
const DEBIAN_PYTHON = '/usr/bin/python3';

export async function startBroker(): Promise<string> {
  const broker = await startSandbox();
  return addressOf(broker);
}

export function addressOf({ host, port }: SandboxBroker): string {
  return `${host}:${port}`;
}

export async function startSandbox(): Promise<SandboxBroker> {
  const dataDir = await mkdtemp(join(tmpdir(), 'permafrost-interop-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const broker = await startSandboxBroker({ dataDir, port: 0, defaultPartitions: 3 });
  onTestFinished(() => broker.close());
  return broker;
}

/** Runs a program to its end. @throws unless it ends with exit code 0 */
export function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    // one that is given nothing may end before it would have read it
    const child = spawn(program, args, { stdio: [input === '' ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      const advice = 'Install the Debian packages kcat and python3-confluent-kafka to run this test.';
      reject(new Error(`${program} cannot be started: ${error.message}. ${advice}`));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(stdout).toString());
      else reject(new Error(`${program} ended with ${String(code)}: ${Buffer.concat(stderr).toString()}`));
    });
    child.stdin?.end(input);
  });
}

/** Runs Python lines that find the broker's address in `broker`. */
export function runPython(broker: string, lines: string): Promise<string> {
  const program = [
    'import json, sys',
    'try:',
    '    import confluent_kafka as ck',
    'except ImportError:',
    '    sys.exit("confluent_kafka is missing: install the Debian package python3-confluent-kafka")',
    'from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic',
    'broker = sys.argv[1]',
    lines,
  ];
  return run(DEBIAN_PYTHON, ['-c', program.join('\n'), broker]);
}
