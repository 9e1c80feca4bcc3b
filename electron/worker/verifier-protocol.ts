import type { RequestParams } from '../../shared/ipc/contract';
import type { Reduction } from '../../shared/model/reduction';
import type { VerificationView } from '../../shared/model/verify';
import type { ArchiverStart } from './archiver-protocol';
import type { Connections } from './connections';
import type { JobOutcome, JobProgress } from './job-protocol';

/** Where the archives lie, and whose they are. */
export interface VerifiedPlace {
  readonly bucket: string;
  readonly prefix: string;
  /** of the archiver */
  readonly groupId: string;
}

/** What proves archives and mends them, away from the main process: it holds the private keys while it runs. */
export interface VerifierRequests {
  /** must come first, and again when the keys have changed */
  configure(params: {
    readonly connections: Connections;
    readonly privateKeys: readonly string[];
    /** of Permafrost, for reports */
    readonly version: string;
  }): Promise<null>;
  verify(
    params: RequestParams<'verify.start'> &
      VerifiedPlace & {
        readonly jobId: string;
        /** by which archives are made now */
        readonly reduction: Reduction;
      },
  ): Promise<JobOutcome>;
  result(params: { readonly jobId: string }): VerificationView | null;
  saveReport(params: {
    readonly jobId: string;
    readonly form: 'html' | 'json';
    readonly target: string;
  }): Promise<null>;
  repair(
    params: RequestParams<'verify.repair'> &
      VerifiedPlace & { readonly jobId: string; readonly options: ArchiverStart['options'] },
  ): Promise<JobOutcome>;
  recover(
    params: RequestParams<'verify.recover'> & { readonly jobId: string; readonly folder: string },
  ): Promise<JobOutcome>;
  cancel(params: { readonly jobId: string }): null;
}

export interface VerifierEvents {
  progress: JobProgress;
}
