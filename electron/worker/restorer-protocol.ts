import type { RestoreParams } from '../../shared/ipc/restore-requests';
import type { RestorePlanView } from '../../shared/model/restore';
import type { Connections } from './connections';
import type { JobOutcome, JobProgress } from './job-protocol';

/** Where the archives of a restore lie. */
export interface RestorePlace {
  readonly bucket: string;
  readonly prefix: string;
}

/** What puts archives back into Kafka, away from the main process: it holds the private keys while it runs. */
export interface RestorerRequests {
  /** must come first, and again when the keys have changed */
  configure(params: { readonly connections: Connections; readonly privateKeys: readonly string[] }): Promise<null>;
  plan(params: RestoreParams & RestorePlace): Promise<RestorePlanView>;
  restore(params: RestoreParams & RestorePlace & { readonly jobId: string }): Promise<JobOutcome>;
  cancel(params: { readonly jobId: string }): null;
}

export interface RestorerEvents {
  progress: JobProgress;
}
