import { Worker } from 'node:worker_threads';

/** Starts one of the bundled threads; they lie beside the bundle that starts them. */
export function startThread(name: 'archiver' | 'pipeline' | 'sender' | 'reader' | 'sandbox', data?: unknown): Worker {
  return new Worker(new URL(`./${name}.thread.js`, import.meta.url), { workerData: data, name });
}
