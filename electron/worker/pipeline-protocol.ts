import type { PlainError } from '../../shared/errors';
import type { LogRange } from '../engine/kafka/admin';
import type { PipelineStatus } from '../engine/pipeline/pipeline-group';
import type { Connections } from './connections';

export interface PipelineStart {
  readonly kafka: Connections['kafka'];
  /** null: nobody reads along, the topic's log alone is watched */
  readonly groupId: string | null;
  /** null: nothing is watched, it is only seen whether Kafka can be reached */
  readonly topic: string | null;
  /** of the topic, when it has to be made; null: it is never made */
  readonly partitions: number | null;
  /** the archiver's group: its committed offsets are watched, so that its lag is known while it does not run */
  readonly archiverGroup: string;
  /** how often Kafka is asked */
  readonly everyMs: number;
}

export interface PipelineRequests {
  /** Makes the topic when it may, joins the group. @throws PermafrostError KAFKA_* when Kafka cannot be reached */
  start(params: PipelineStart): Promise<null>;
  stop(params: null): Promise<null>;
}

export interface PipelineThreadEvents {
  /** four times a second while a topic is watched */
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
