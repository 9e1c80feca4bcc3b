import { PermafrostError } from '../../../shared/errors';
import type { Acknowledged, OutgoingRecord, RecordProducer } from '../send/producer-port';
import { KafkaAdmin } from './admin';
import { fromKafkajs } from './errors';
import { kafkajs } from './kafkajs';
import type { Kafka, Producer } from './kafkajs-types';

interface PartitionChooser {
  readonly partitions: number;
  /** by the key's murmur2 hash, as Java's clients do; round robin without a key */
  choose(key: Buffer | null): number;
}

/** Sends with acks=all and an idempotent producer id, so that a retry after a lost reply doubles nothing. */
export class KafkaProducer implements RecordProducer {
  readonly #producer: Producer;
  readonly #admin: KafkaAdmin;
  readonly #choosers = new Map<string, PartitionChooser>();

  private constructor(producer: Producer, admin: KafkaAdmin) {
    this.#producer = producer;
    this.#admin = admin;
  }

  /** @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  static async connect(kafka: Kafka): Promise<KafkaProducer> {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 8 },
    });
    const admin = await KafkaAdmin.connect(kafka);
    try {
      await producer.connect();
    } catch (thrown) {
      await admin.close();
      throw fromKafkajs(thrown, 'Connecting a producer');
    }
    return new KafkaProducer(producer, admin);
  }

  async send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Acknowledged[]> {
    const counts = new Map<number, number>();
    const chooser = await this.#chooser(topic);
    const messages = records.map((record) => {
      const partition = record.partition ?? chooser.choose(record.key);
      if (partition >= chooser.partitions) throw noSuchPartition(topic, partition, chooser.partitions);
      counts.set(partition, (counts.get(partition) ?? 0) + 1);
      return {
        key: record.key,
        value: record.value,
        partition,
        timestamp: String(record.timestamp),
        headers: headersOf(record),
      };
    });
    try {
      const acknowledged = await this.#producer.send({ topic, acks: -1, messages });
      return acknowledged.map(({ partition, baseOffset }) => ({
        partition,
        firstOffset: BigInt(baseOffset ?? -1),
        count: counts.get(partition) ?? 0,
      }));
    } catch (thrown) {
      throw fromKafkajs(thrown, `Sending to topic ${topic}`, { topic });
    }
  }

  async #chooser(topic: string): Promise<PartitionChooser> {
    const known = this.#choosers.get(topic);
    if (known !== undefined) return known;
    const made = choosePartitions(topic, await this.#admin.partitionsOf(topic));
    this.#choosers.set(topic, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all([this.#producer.disconnect(), this.#admin.close()]);
  }
}

function choosePartitions(topic: string, partitions: number): PartitionChooser {
  const partitioner = kafkajs.Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [],
    isr: [],
  }));
  return {
    partitions,
    choose: (key) => partitioner({ topic, partitionMetadata, message: { key, value: null } }),
  };
}

/** kafkajs takes an object: duplicates become an array, in order; their order among other names is not kept by it. */
function headersOf(record: OutgoingRecord): Record<string, Buffer | Buffer[]> {
  const headers: Record<string, Buffer | Buffer[]> = {};
  for (const [name, value] of record.headers) {
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else headers[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return headers;
}

function noSuchPartition(topic: string, partition: number, partitions: number): PermafrostError {
  return new PermafrostError(
    'INPUT_INVALID',
    `Topic ${topic} has no partition ${partition}: its partitions are 0 to ${partitions - 1}. Choose one of them.`,
    { context: { topic, partition } },
  );
}
