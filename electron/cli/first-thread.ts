/**
 * The archiver's first thread, started while the command still loads what reads its flags: both take about as long. It is
 * not waited for when the command ends before it needs one.
 */
import type { Worker } from 'node:worker_threads';
import { startThread } from '../worker/thread';

let first: Worker | null = null;

export function prestartThread(): void {
  first = startThread('archiver');
  first.unref();
}

/** The one that was started already, or another one. */
export function takeThread(): Worker {
  const thread = first ?? startThread('archiver');
  first = null;
  thread.ref();
  return thread;
}
