import type { PlainError } from '../../shared/errors';
import type { LogRange } from '../engine/kafka/admin';
import type { PipelineStatus } from '../engine/pipeline/pipeline-group';
import type { Connections } from './connections';

export interface PipelineStart {
  readonly connections: Connections;
  readonly groupId: string;
  readonly topic: string;
  /** of the topic, when it has to be made */
  readonly partitions: number;
  /** the archiver's group: its committed offsets are watched, so that its lag is known while it does not run */
  readonly archiverGroup: string;
}

export interface PipelineRequests {
  /** Makes the topic unless it is there, joins the group. */
  start(params: PipelineStart): Promise<null>;
  stop(params: null): Promise<null>;
}

export interface PipelineThreadEvents {
  /** four times a second while it runs */
  status: PipelineReport;
  problem: PlainError;
}

export interface PipelineReport extends PipelineStatus {
  /** null until Kafka has answered; measured apart from the group, so that it also sees what the group has not */
  readonly log: readonly LogRange[] | null;
  /** what the archiver's group has committed; null until Kafka has answered */
  readonly archived: readonly ArchivedUpTo[] | null;
}

export interface ArchivedUpTo {
  readonly partition: number;
  readonly offset: bigint;
  /** messages up to there, by the note beside the offset; null when somebody else committed it */
  readonly messages: number | null;
}
