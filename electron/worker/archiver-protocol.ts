import type { PlainError } from '../../shared/errors';
import type { UploadView } from '../../shared/model/live';
import type { SegmentLimits } from '../engine/archive/options';
import type { ArchiverStatus } from '../engine/archive/progress';
import type { Codec } from '../engine/segment/identity';
import type { Connections } from './connections';

export interface ArchiverStart {
  readonly connections: Connections;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly bucket: string;
  readonly prefix: string;
  readonly codec: Codec;
  readonly level: number;
  /** `ssh-rsa` lines or `age1` recipients; empty: not encrypted */
  readonly recipients: readonly string[];
  readonly limits: SegmentLimits;
  readonly maxHeldBytes: number;
}

export interface ArchiverRequests {
  /** answers when the archiver is a member of its group */
  start(params: ArchiverStart): Promise<null>;
  /** answers when everything that was read is uploaded and committed */
  stop(params: null): Promise<null>;
}

export interface ArchiverThreadEvents {
  /** four times a second while it runs */
  status: ArchiverStatus;
  uploaded: UploadView;
  problem: PlainError;
  /** a retry is under way, or (null) over */
  degraded: PlainError | null;
  failed: PlainError;
}
