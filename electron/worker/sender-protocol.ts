import type { RequestParams } from '../../shared/ipc/contract';
import type { SentMessage } from '../../shared/ipc/contract';
import type { Connections } from './connections';
import type { JobOutcome, JobProgress } from './job-protocol';

export interface SenderRequests {
  /** must come first */
  connect(params: { readonly connections: Connections }): Promise<null>;
  message(params: RequestParams<'send.message'>): Promise<SentMessage>;
  generate(params: RequestParams<'send.generate'> & { readonly jobId: string }): Promise<JobOutcome>;
  file(params: RequestParams<'send.file'> & { readonly jobId: string }): Promise<JobOutcome>;
  cancel(params: { readonly jobId: string }): null;
  disconnect(params: null): Promise<null>;
}

export interface SenderEvents {
  progress: JobProgress;
}
