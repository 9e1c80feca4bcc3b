import { setTimeout as sleep } from 'node:timers/promises';
import { PermafrostError } from '../../../shared/errors';
import { fromKafkajs, protocolErrorOf } from './errors';
import { kafkajs } from './kafkajs';
import type { Admin, ConfigEntries, DescribeConfigResponse, Kafka } from './kafkajs-types';

/** A topic is made by the controller, and spreads from there. */
const MAX_CREATION_MS = 15_000;
const CREATION_CHECK_MS = 50;
const STILL_MADE: ReadonlySet<string> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);

export interface ClusterDescription {
  readonly clusterId: string;
  readonly brokers: number;
}

export interface LogRange {
  readonly partition: number;
  /** the log start offset */
  readonly earliest: bigint;
  /** exclusive: the offset that the next record gets */
  readonly end: bigint;
}

export interface CommittedOffset {
  readonly partition: number;
  readonly offset: bigint;
  readonly metadata: string;
}

/** Questions about topics and groups, over one connection. */
export class KafkaAdmin {
  readonly #kafka: Kafka;
  #admin: Admin;

  private constructor(kafka: Kafka, admin: Admin) {
    this.#kafka = kafka;
    this.#admin = admin;
  }

  /** @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  static async connect(kafka: Kafka): Promise<KafkaAdmin> {
    return new KafkaAdmin(kafka, await connectAdmin(kafka));
  }

  /** Forgets the topics that were asked about: kafkajs goes on asking for all of them, and fails when one is gone. */
  async reconnect(): Promise<void> {
    const former = this.#admin;
    this.#admin = await connectAdmin(this.#kafka);
    await former.disconnect();
  }

  /** Makes a topic unless it is there; an existing one keeps its partitions. @returns its partitions */
  async ensureTopic(topic: string, partitions: number): Promise<number> {
    try {
      // kafkajs's own wait gives up where a broker has not heard of the topic yet
      await this.#admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
      return await this.#partitionsOfNew(topic);
    } catch (thrown) {
      throw fromKafkajs(thrown, `Making topic ${topic}`, { topic });
    }
  }

  async #partitionsOfNew(topic: string): Promise<number> {
    const deadline = Date.now() + MAX_CREATION_MS;
    for (;;) {
      try {
        const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
        const partitions = topics[0]?.partitions ?? [];
        if (partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)) return partitions.length;
        if (Date.now() > deadline) return partitions.length;
      } catch (thrown) {
        if (!STILL_MADE.has(protocolErrorOf(thrown) ?? '') || Date.now() > deadline) throw thrown;
      }
      await sleep(CREATION_CHECK_MS);
    }
  }

  /** @throws PermafrostError KAFKA_REFUSED when there is no such topic */
  async partitionsOf(topic: string): Promise<number> {
    try {
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length ?? 0;
    } catch (thrown) {
      if (protocolErrorOf(thrown) === 'UNKNOWN_TOPIC_OR_PARTITION') {
        throw new PermafrostError('KAFKA_REFUSED', `There is no topic ${topic}. Check its name, or make it first.`, {
          context: { topic },
          cause: thrown,
        });
      }
      throw fromKafkajs(thrown, `Describing topic ${topic}`, { topic });
    }
  }

  /** In partition order. */
  async logRanges(topic: string): Promise<readonly LogRange[]> {
    try {
      const offsets = await this.#admin.fetchTopicOffsets(topic);
      return offsets
        .map(({ partition, low, high }) => ({ partition, earliest: BigInt(low), end: BigInt(high) }))
        .sort((a, b) => a.partition - b.partition);
    } catch (thrown) {
      throw fromKafkajs(thrown, `Asking for the offsets of topic ${topic}`, { topic });
    }
  }

  /**
   * The first offset whose record is as new as a time; the log's end where there is none.
   * @param time ms since 1970
   */
  async offsetsAtTime(
    topic: string,
    time: number,
  ): Promise<readonly { readonly partition: number; readonly offset: bigint }[]> {
    try {
      const offsets = await this.#admin.fetchTopicOffsetsByTimestamp(topic, time);
      return offsets
        .map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }))
        .sort((a, b) => a.partition - b.partition);
    } catch (thrown) {
      throw fromKafkajs(thrown, `Asking for the offsets of topic ${topic} at a time`, { topic });
    }
  }

  async describe(): Promise<ClusterDescription> {
    try {
      const { brokers, clusterId } = await this.#admin.describeCluster();
      return { clusterId, brokers: brokers.length };
    } catch (thrown) {
      throw fromKafkajs(thrown, 'Asking for the cluster');
    }
  }

  /** Only partitions that the group has committed. */
  async committed(groupId: string, topic: string): Promise<readonly CommittedOffset[]> {
    try {
      const groups = await this.#admin.fetchOffsets({ groupId, topics: [topic] });
      return groups.flatMap(({ partitions }) => committedIn(partitions));
    } catch (thrown) {
      throw fromKafkajs(thrown, `Asking for the offsets of group ${groupId}`, { group: groupId });
    }
  }

  /** Of all topics that the group has committed, in one request. Empty for a group that Kafka does not know. */
  async allCommitted(groupId: string): Promise<readonly (CommittedOffset & { readonly topic: string })[]> {
    try {
      const topics = await this.#admin.fetchOffsets({ groupId });
      return topics.flatMap(({ topic, partitions }) => committedIn(partitions).map((each) => ({ topic, ...each })));
    } catch (thrown) {
      if (protocolErrorOf(thrown) === 'GROUP_ID_NOT_FOUND') return [];
      throw fromKafkajs(thrown, `Asking for the offsets of group ${groupId}`, { group: groupId });
    }
  }

  /** Groups of the whole cluster, of whatever protocol: which of them commit offsets is seen when these are asked for. */
  async groupIds(): Promise<readonly string[]> {
    try {
      const { groups } = await this.#admin.listGroups();
      return groups.map(({ groupId }) => groupId).sort();
    } catch (thrown) {
      throw fromKafkajs(thrown, 'Listing the consumer groups');
    }
  }

  /** By topic, what was set for the topic itself; the broker's defaults are left out. */
  async topicSettings(
    topics: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string | null>>>> {
    const isOwn = ({ configSource }: ConfigEntries): boolean => configSource === kafkajs.ConfigSource.TOPIC_CONFIG;
    const resources = await this.#describe(topics);
    return new Map(
      resources.map(({ resourceName, configEntries }) => [resourceName, settingsOf(configEntries.filter(isOwn))]),
    );
  }

  /** Whether Kafka may take records out of the middle of its log, by the topic's own settings or the broker's. */
  async isCompacted(topic: string): Promise<boolean> {
    const [resource] = await this.#describe([topic]);
    return settingsOf(resource?.configEntries ?? [])['cleanup.policy']?.includes('compact') === true;
  }

  async #describe(topics: readonly string[]): Promise<DescribeConfigResponse['resources']> {
    try {
      const { resources } = await this.#admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
      });
      return resources;
    } catch (thrown) {
      throw fromKafkajs(thrown, `Asking for the settings of ${topics.join(', ')}`);
    }
  }

  /** Moves the log start: what lies before the offsets is gone. */
  async deleteRecords(
    topic: string,
    before: readonly { readonly partition: number; readonly offset: bigint }[],
  ): Promise<void> {
    try {
      await this.#admin.fetchTopicOffsets(topic); // kafkajs deletes only where it knows the leaders
      await this.#admin.deleteTopicRecords({
        topic,
        partitions: before.map(({ partition, offset }) => ({ partition, offset: offset.toString() })),
      });
    } catch (thrown) {
      throw fromKafkajs(thrown, `Deleting records of topic ${topic}`, { topic });
    }
  }

  async deleteTopic(topic: string): Promise<void> {
    try {
      await this.#admin.deleteTopics({ topics: [topic] });
    } catch (thrown) {
      throw fromKafkajs(thrown, `Deleting topic ${topic}`, { topic });
    }
  }

  async close(): Promise<void> {
    await this.#admin.disconnect();
  }
}

async function connectAdmin(kafka: Kafka): Promise<Admin> {
  const admin = kafka.admin();
  try {
    await admin.connect();
  } catch (thrown) {
    throw fromKafkajs(thrown, 'Connecting to Kafka');
  }
  await knowBrokers(admin);
  return admin;
}

/**
 * Before it knows the brokers, kafkajs asks none for a coordinator, and tries again 0.2 s later. It only saves that time:
 * whoever asks next is told what is wrong with Kafka.
 */
async function knowBrokers(admin: Admin): Promise<void> {
  await admin.describeCluster().catch(() => undefined);
}

function committedIn(
  partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata: string | null }[],
): readonly CommittedOffset[] {
  return partitions
    .filter(({ offset }) => BigInt(offset) >= 0n) // -1: nothing committed
    .map(({ partition, offset, metadata }) => ({ partition, offset: BigInt(offset), metadata: metadata ?? '' }));
}

function settingsOf(entries: readonly ConfigEntries[]): Readonly<Record<string, string | null>> {
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue as string | null]));
}
