import type { TopicsView } from '../../shared/model/topic';
import type { TopicsQuestion } from '../engine/archive/topics-overview';
import type { Connections } from './connections';

/** What answers questions about a connection, away from the main process. It changes nothing, neither in Kafka nor in a bucket. */
export interface InspectorRequests {
  /** must come first, and again when the connections have changed */
  configure(params: { readonly connections: Connections }): null;
  /** KAFKA_UNAVAILABLE when it takes too long */
  topics(params: TopicsQuestion): Promise<TopicsView>;
}

/** It tells nothing by itself. */
export type InspectorEvents = object;
