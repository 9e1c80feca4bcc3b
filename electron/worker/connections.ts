import type { KafkaConnection } from '../engine/kafka/client';
import type { CloudStorageConnection } from '../engine/store/cloud-storage';

/** Where a thread finds Kafka and the bucket: plain data, so that it crosses to the thread. */
export interface Connections {
  readonly kafka: KafkaConnection;
  readonly storage: CloudStorageConnection;
}
