import type { RequestParams } from '../../shared/ipc/contract';
import type { SearchView } from '../../shared/model/search';
import type { Connections } from './connections';
import type { JobOutcome, JobProgress } from './job-protocol';

/** What searches archives, away from the main process: it holds the private keys while it runs. */
export interface SearcherRequests {
  /** must come first, and again when the keys have changed */
  configure(params: { readonly connections: Connections; readonly privateKeys: readonly string[] }): Promise<null>;
  search(
    params: RequestParams<'search.start'> & { readonly jobId: string; readonly prefix: string },
  ): Promise<JobOutcome>;
  look(params: RequestParams<'search.look'>): SearchView | null;
  cancel(params: { readonly jobId: string }): null;
}

export interface SearcherEvents {
  progress: JobProgress;
}
