import type { KafkaConnection } from '../engine/kafka/client';
import type { StorageConnection } from '../engine/store/open-store';

/** Where a thread finds Kafka and the archives: plain data, so that it crosses to the thread. */
export interface Connections {
  readonly kafka: KafkaConnection;
  readonly storage: StorageConnection;
}
