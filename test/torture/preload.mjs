// @ts-check
/**
 * Loaded into an archiver's process and its worker threads before anything else (node --import): lets the torture move
 * its clock, and lets a worker thread crash. What to do stands in the file that PERMAFROST_TORTURE_CONTROL names:
 * `{"clockMs":-3600000,"crashes":2}`.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const RealDate = Date;
const LOOK_EVERY_MS = 50;

const file = process.env['PERMAFROST_TORTURE_CONTROL'];
if (file === undefined) throw new Error('PERMAFROST_TORTURE_CONTROL is not set');
let { clockMs, crashes } = read(file);

globalThis.Date = /** @type {DateConstructor} */ (
  /** @type {unknown} */ (
    class extends RealDate {
      /** @param {unknown[]} args */
      constructor(...args) {
        if (args.length === 0) super(RealDate.now() + clockMs);
        else super(.../** @type {[number]} */ (args));
      }
      /** @override */
      static now() {
        return RealDate.now() + clockMs;
      }
    }
  )
);

setInterval(() => {
  const next = read(file);
  clockMs = next.clockMs;
  if (next.crashes === crashes) return;
  crashes = next.crashes;
  if (!isMainThread && isFirst(`${file}.crash-${process.pid}-${crashes}`)) throw new Error('a crash of the torture');
}, LOOK_EVERY_MS).unref();

/**
 * @param {string} path
 * @returns {{ clockMs: number, crashes: number }}
 */
function read(path) {
  /** @type {unknown} */
  const told = JSON.parse(readFileSync(path, 'utf8'));
  return /** @type {{ clockMs: number, crashes: number }} */ (told);
}

/**
 * Of several threads one is to crash.
 * @param {string} path
 */
function isFirst(path) {
  try {
    closeSync(openSync(path, 'wx'));
    return true;
  } catch {
    return false; // another thread has made the file
  }
}
