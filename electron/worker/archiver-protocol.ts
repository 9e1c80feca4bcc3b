import type { PlainError } from '../../shared/errors';
import type { UploadView } from '../../shared/model/live';
import type { ArchiveOptions } from '../engine/archive/options';
import type { ArchiverStatus } from '../engine/archive/progress';
import type { StorePlace } from '../engine/store/open-store';
import type { Connections } from './connections';

export interface ArchiverStart {
  readonly kafka: Connections['kafka'];
  readonly store: StorePlace;
  /** recipients as text: `ssh-rsa` lines or `age1...`; none: not encrypted */
  readonly options: Omit<ArchiveOptions, 'recipients'> & { readonly recipients: readonly string[] };
  /** tells when its partitions are archived up to where they end now */
  readonly untilEnd: boolean;
}

export interface ArchiverRequests {
  /** answers when the archiver is a member of its group */
  start(params: ArchiverStart): Promise<null>;
  /** answers when everything that was read is uploaded and committed */
  stop(params: null): Promise<null>;
  /** reads nothing more until `resume`; what was read is uploaded when it is old enough */
  pause(params: null): null;
  resume(params: null): null;
}

export interface ArchiverThreadEvents {
  /** four times a second while it runs */
  status: ArchiverStatus;
  uploaded: UploadView;
  problem: PlainError;
  /** a retry is under way, or (null) over */
  degraded: PlainError | null;
  /** its partitions are archived and committed up to where they ended at the start; told again while it holds */
  reachedEnd: null;
  failed: PlainError;
}
