/** How far a command is: one line that is written over on a terminal, an event a second as JSON, else nothing. */
import { Throughput } from '../engine/send/throughput';
import type { Output } from './output';

const TERMINAL_EVERY_MS = 200;
const EVENT_EVERY_MS = 1_000;

export interface ProgressOptions {
  readonly output: Output;
  readonly isJson: boolean;
  /** what is counted: records, bytes, objects */
  readonly unit: string;
}

export interface Progress {
  /** may be called as often as one likes */
  update(progress: { readonly done: number; readonly total: number | null }): void;
  /** clears the line */
  end(): void;
}

export function showProgress({ output, isJson, unit }: ProgressOptions): Progress {
  const everyMs = isJson ? EVENT_EVERY_MS : TERMINAL_EVERY_MS;
  const isShown = isJson || process.stderr.isTTY;
  const throughput = new Throughput(Date.now());
  let shownAt = Date.now();
  const clear = (): void => {
    if (!isJson && isShown) process.stderr.write('\r\u001B[K');
  };
  return {
    update: ({ done, total }) => {
      const now = Date.now();
      if (!isShown || now - shownAt < everyMs) return;
      shownAt = now;
      const ratePerSecond = throughput.measure(now, done);
      if (isJson) output.event('progress', { done, total, unit, ratePerSecond }, '');
      else process.stderr.write(`\r\u001B[K${line(done, total, unit, ratePerSecond)}`);
    },
    end: clear,
  };
}

function line(done: number, total: number | null, unit: string, ratePerSecond: number | null): string {
  const of = total === null ? '' : ` of ${total.toLocaleString('en')}`;
  const rate = ratePerSecond === null ? '' : `, ${Math.round(ratePerSecond).toLocaleString('en')}/s`;
  const left = total === null || ratePerSecond === null || ratePerSecond === 0 ? null : (total - done) / ratePerSecond;
  return `${done.toLocaleString('en')}${of} ${unit}${rate}${left === null ? '' : `, ${Math.ceil(left)} s left`}`;
}
