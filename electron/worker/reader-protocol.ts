import type {
  BucketLossView,
  BucketView,
  MatchPage,
  ObjectRef,
  OpenedArchive,
  RecordPage,
} from '../../shared/model/archive';
import type { BucketSettings } from '../../shared/model/bucket-settings';
import type { RequestParams } from '../../shared/ipc/contract';
import type { Connections } from './connections';
import type { JobOutcome, JobProgress } from './job-protocol';

/** What reads the bucket, away from the main process: it holds the private keys while it runs. */
export interface ReaderRequests {
  /** must come first, and again when the keys have changed */
  configure(params: { readonly connections: Connections; readonly privateKeys: readonly string[] }): Promise<null>;
  /** @param params.always is among them, also where the account may not list buckets, or it is another project's */
  buckets(params: { readonly always: string | null }): Promise<readonly BucketView[]>;
  createBucket(params: RequestParams<'bucket.create'>): Promise<BucketView>;
  loss(params: { readonly bucket: string }): Promise<BucketLossView>;
  deleteBucket(params: { readonly jobId: string; readonly bucket: string }): Promise<JobOutcome>;
  bucketSettings(params: RequestParams<'bucket.settings'>): Promise<BucketSettings>;
  changeBucketSettings(params: RequestParams<'bucket.changeSettings'>): Promise<BucketSettings>;
  lockRetention(params: { readonly bucket: string; readonly metageneration: string }): Promise<BucketSettings>;
  deleteObjects(params: {
    readonly jobId: string;
    readonly bucket: string;
    readonly objects: readonly ObjectRef[];
  }): Promise<JobOutcome>;
  download(params: {
    readonly jobId: string;
    readonly bucket: string;
    readonly objects: readonly ObjectRef[];
    readonly form: 'stored' | 'decoded';
    readonly folder: string;
  }): Promise<JobOutcome>;
  open(params: RequestParams<'preview.open'>): Promise<OpenedArchive>;
  records(params: RequestParams<'preview.records'>): Promise<RecordPage>;
  openFile(params: RequestParams<'preview.openFile'>): Promise<OpenedArchive>;
  row(params: RequestParams<'preview.row'>): Promise<{ readonly row: number }>;
  filter(params: RequestParams<'preview.filter'>): null;
  matches(params: RequestParams<'preview.matches'>): Promise<MatchPage>;
  exportRecords(
    params: RequestParams<'preview.export'> & { readonly jobId: string; readonly target: string },
  ): Promise<JobOutcome>;
  close(params: RequestParams<'preview.close'>): null;
  cancel(params: { readonly jobId: string }): null;
}

export interface ReaderEvents {
  progress: JobProgress;
}
