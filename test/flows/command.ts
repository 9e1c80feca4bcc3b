/** The command in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const COMMAND = path.resolve(import.meta.dirname, '../../scripts/permafrost.mjs');

export interface Running {
  readonly process: ChildProcess;
  /** what it has printed, a line each */
  readonly lines: string[];
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export function permafrost(...args: string[]): Running {
  return permafrostWith({}, ...args);
}

/** @param variables of the environment, besides this process's */
export function permafrostWith(variables: Readonly<Record<string, string>>, ...args: string[]): Running {
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const lines: string[] = [];
  let rest = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stderr }));
  return { process: child, lines, ended };
}

/** What `--json` printed of one kind. */
export function events({ lines }: Running, kind: string): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ event }) => event === kind);
}
