import { Worker } from 'node:worker_threads';

type ThreadName =
  | 'archiver'
  | 'pipeline'
  | 'sender'
  | 'reader'
  | 'restorer'
  | 'verifier'
  | 'searcher'
  | 'catalog'
  | 'checker'
  | 'inspector'
  | 'sandbox';

/** What passes through the archiver lies outside of V8's heap: its young generation need not grow to V8's 48 MB. */
const RESOURCE_LIMITS: Partial<Record<ThreadName, { readonly maxYoungGenerationSizeMb: number }>> = {
  archiver: { maxYoungGenerationSizeMb: 4 },
};

/** Starts one of the bundled threads; they lie beside the bundle that starts them. */
export function startThread(name: ThreadName, data?: unknown): Worker {
  const resourceLimits = RESOURCE_LIMITS[name];
  return new Worker(new URL(`./${name}.thread.js`, import.meta.url), {
    ...{ workerData: data, name },
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
  });
}
