/** The parts of kafkajs that have types of their own, and the few below them that have none. */
export type {
  Admin,
  ConfigEntries,
  Consumer,
  DescribeConfigResponse,
  Kafka,
  PartitionAssigner,
  Producer,
  SASLOptions,
} from 'kafkajs';

/** kafkajs/src/cluster, as far as it is used here. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
  /** @throws KafkaJSBrokerNotFound */
  findBroker(query: { readonly nodeId: string }): Promise<Broker>;
  /** of a group or, with COORDINATOR_OF_TRANSACTIONS, of a transactional id */
  findGroupCoordinator(query: { readonly groupId: string; readonly coordinatorType: 0 | 1 }): Promise<Broker>;
}

export const COORDINATOR_OF_GROUPS = 0;
export const COORDINATOR_OF_TRANSACTIONS = 1;

/** What kafkajs's requests of a transaction have in common. */
interface InTransaction {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata: string }[];
}

/** One partition's answer to a fetch. */
export interface PartitionFetch {
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  /** what the seam of kafkajs.ts makes of them: RawRecordSet, one or none */
  readonly messages: readonly unknown[];
}

export interface Broker {
  initProducerId(request: {
    readonly transactionalId: string;
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  addPartitionsToTxn(
    request: InTransaction & {
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
    },
  ): Promise<unknown>;
  addOffsetsToTxn(request: InTransaction & { readonly groupId: string }): Promise<unknown>;
  txnOffsetCommit(
    request: InTransaction & { readonly groupId: string; readonly topics: readonly TopicOffsets[] },
  ): Promise<unknown>;
  endTxn(request: InTransaction & { readonly transactionResult: boolean }): Promise<unknown>;
  fetch(request: {
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly fetchOffset: string;
        readonly maxBytes: number;
      }[];
    }[];
  }): Promise<{ readonly responses: readonly { readonly partitions: readonly PartitionFetch[] }[] }>;
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
