/**
 * Runs a program, or several in a pipe, to the end and weighs each of them: GNU time asks the kernel what a process
 * has used (wait4), so start-up and children count.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { exitCodeOf, PROJECT } from '../../scripts/child-process.mjs';

/** by its path: `time` alone is a word of the shell */
export const GNU_TIME = '/usr/bin/time';

export interface Cost {
  readonly seconds: number;
  /** user and system, of all processes */
  readonly cpuSeconds: number;
  /** peak resident memory, summed over the processes of a pipe */
  readonly peakBytes: number;
}

export interface Work {
  /** the commands of a pipe, or one */
  readonly stages: readonly (readonly string[])[];
  /** takes the last one's output */
  readonly outputFile: string;
  /** for what it writes to stderr, and for the kernel's figures */
  readonly scratch: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** @throws Error when a program of it fails, with what it said */
export async function measure({ stages, outputFile, scratch, env = {} }: Work): Promise<Cost> {
  const errors = path.join(scratch, 'stderr');
  const figures = stages.map((_, index) => path.join(scratch, `time-${index}`));
  const timed = stages.map((stage, index) =>
    [GNU_TIME, '-o', figures[index] ?? '', '-f', '%U %S %M', ...stage].map(quoted).join(' '),
  );
  const script = `set -o pipefail; { ${timed.join(' | ')}; } >${quoted(outputFile)} 2>${quoted(errors)} </dev/null`;
  const startedAt = process.hrtime.bigint();
  const child = spawn('bash', ['-c', script], {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const exitCode = await exitCodeOf(child);
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  if (exitCode !== 0) {
    const said = (await readFile(errors, 'utf8')).trim().slice(-2_000);
    throw new Error(`${stages.map(([program]) => program).join(' | ')} ended with ${exitCode}: ${said}`);
  }
  const costs = await Promise.all(figures.map(readFigures));
  return {
    seconds,
    cpuSeconds: costs.reduce((sum, each) => sum + each.cpuSeconds, 0),
    peakBytes: costs.reduce((sum, each) => sum + each.peakBytes, 0),
  };
}

async function readFigures(file: string): Promise<Omit<Cost, 'seconds'>> {
  const text = await readFile(file, 'utf8');
  const [user, system, kibibytes] = (text.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (user === undefined || system === undefined || kibibytes === undefined || Number.isNaN(kibibytes)) {
    throw new Error(`GNU time wrote something else than its format: ${text}`);
  }
  return { cpuSeconds: user + system, peakBytes: kibibytes * 1024 };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function medianCost(costs: readonly Cost[]): Cost {
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
    peakBytes: median(costs.map(({ peakBytes }) => peakBytes)),
  };
}
