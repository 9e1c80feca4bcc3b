import type { CheckStep } from '../../shared/model/connection';
import type { Connections } from './connections';

/** What tries connections that are typed in, one at a time. It is ended to cancel. */
export interface CheckerRequests {
  /** answers when all steps were told */
  check(params: CheckedConnection): Promise<null>;
}

export interface CheckedConnection {
  readonly testId: string;
  readonly connections: Connections;
  readonly topics: readonly string[];
  readonly groupId: string;
  /** a bucket's name, or the folder */
  readonly bucket: string;
  readonly prefix: string;
}

export interface CheckerEvents {
  step: { readonly testId: string; readonly side: 'kafka' | 'destination'; readonly step: CheckStep };
}
