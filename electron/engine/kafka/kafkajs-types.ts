/** The parts of kafkajs that have types of their own, and the few below them that have none. */
export type { Admin, Consumer, Kafka, PartitionAssigner, Producer } from 'kafkajs';

/** kafkajs/src/cluster, as far as it is used here. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
  /** @throws KafkaJSBrokerNotFound */
  findBroker(query: { readonly nodeId: string }): Promise<Broker>;
}

export interface Broker {
  /** by API key, after the handshake */
  readonly versions: Partial<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null;
  readonly connectionPool: {
    send<Decoded, Parsed>(protocolRequest: {
      request: {
        apiKey: number;
        apiVersion: number;
        apiName: string;
        encode: () => Promise<{ readonly buffer: Buffer }>;
      };
      response: { decode: (raw: Buffer) => Promise<Decoded>; parse: (decoded: Decoded) => Promise<Parsed> };
    }): Promise<Parsed>;
  };
}
