// @ts-check
/**
 * Loaded into an archiver's process and its threads by the torture run: moves the clock and crashes the worker thread when
 * a file says so. The file holds `{"clock": ms, "crash": n}`.
 */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['PERMAFROST_TORTURE'];
const realNow = Date.now;
let offset = 0;
let crashes = -1;

function look() {
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(String(file), 'utf8'));
  const told = /** @type {{ clock: number, crash: number }} */ (content);
  offset = told.clock;
  const isNew = crashes >= 0 && told.crash > crashes;
  crashes = told.crash;
  if (isNew) throw new Error('crashed by the torture run');
}

if (file !== undefined && !isMainThread) {
  Date.now = () => realNow() + offset;
  setInterval(look, 50).unref();
}
