/** The cluster that archives are restored to: what its topics and groups are like, topics made, settings changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PermafrostError } from '../../../shared/errors';
import { KafkaAdmin, type ClusterDescription, type LogRange } from './admin';
import { connectCluster } from './client';
import { fromKafkajs, protocolErrorOf } from './errors';
import { alterSettings, type SettingChange } from './incremental-alter-configs';
import { kafkajs } from './kafkajs';
import type { Admin, Cluster, Kafka } from './kafkajs-types';
import { TransactionalWriter, type WriterPlace } from './transactional-writer';
import { fetchTopics, type TopicDescription } from './topic-metadata';

const KNOWN_CHECKS = 50;
const KNOWN_CHECK_MS = 100;
const NOT_YET_KNOWN: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
]);

export interface TopicSetting {
  readonly value: string;
  /** set for the topic itself, not the broker's default */
  readonly isOwn: boolean;
}

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly settings: Readonly<Record<string, string>>;
}

export interface GroupState {
  readonly groupId: string;
  readonly members: number;
}

/** Connections for questions and for writing. */
export class TargetCluster {
  readonly #admin: Admin;
  readonly #questions: KafkaAdmin;
  readonly #cluster: Cluster;

  private constructor(admin: Admin, questions: KafkaAdmin, cluster: Cluster) {
    this.#admin = admin;
    this.#questions = questions;
    this.#cluster = cluster;
  }

  /** @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  static async connect(kafka: Kafka): Promise<TargetCluster> {
    const questions = await KafkaAdmin.connect(kafka);
    const admin = kafka.admin();
    try {
      await admin.connect();
      return new TargetCluster(admin, questions, await connectCluster(kafka));
    } catch (thrown) {
      await Promise.allSettled([admin.disconnect(), questions.close()]);
      throw fromKafkajs(thrown, 'Connecting to Kafka');
    }
  }

  describe(): Promise<ClusterDescription> {
    return this.#questions.describe();
  }

  /** @returns null when there is no such topic */
  async topic(name: string): Promise<TopicDescription | null> {
    const [found] = await fetchTopics(this.#cluster, [name]);
    return found ?? null;
  }

  /** Makes a topic, and waits until all its partitions have leaders. */
  async createTopic({ topic, partitions, replicationFactor, settings }: NewTopic): Promise<void> {
    try {
      const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
      const made = { topic, numPartitions: partitions, replicationFactor, configEntries };
      await this.#admin.createTopics({ topics: [made], waitForLeaders: false });
    } catch (thrown) {
      throw fromKafkajs(thrown, `Making topic ${topic}`, { topic });
    }
    await this.#questions.ensureTopic(topic, partitions);
  }

  /** What holds for a topic, its own settings and the broker's defaults. */
  async settings(topic: string): Promise<ReadonlyMap<string, TopicSetting>> {
    try {
      const { resources } = await onceItIsKnown(() =>
        this.#admin.describeConfigs({
          includeSynonyms: false,
          resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
        }),
      );
      return new Map(
        (resources[0]?.configEntries ?? []).map(({ configName, configValue, configSource }) => [
          configName,
          { value: configValue, isOwn: configSource === kafkajs.ConfigSource.TOPIC_CONFIG },
        ]),
      );
    } catch (thrown) {
      throw fromKafkajs(thrown, `Asking for the settings of topic ${topic}`, { topic });
    }
  }

  /** All of them or none. @throws PermafrostError KAFKA_REFUSED when one is not possible */
  async alterSettings(topic: string, changes: readonly SettingChange[]): Promise<void> {
    if (changes.length === 0) return;
    try {
      await onceItIsKnown(() => alterSettings(this.#cluster, topic, changes));
    } catch (thrown) {
      const names = changes.map(({ name }) => name).join(', ');
      throw fromKafkajs(thrown, `Changing ${names} of topic ${topic}`, { topic });
    }
  }

  /** In partition order. */
  logRanges(topic: string): Promise<readonly LogRange[]> {
    return onceItIsKnown(() => this.#questions.logRanges(topic));
  }

  committed(groupId: string, topic: string): ReturnType<KafkaAdmin['committed']> {
    return this.#questions.committed(groupId, topic);
  }

  /** Groups that Kafka does not know have no members. */
  async groupStates(groupIds: readonly string[]): Promise<readonly GroupState[]> {
    if (groupIds.length === 0) return [];
    try {
      const { groups } = await this.#admin.describeGroups([...groupIds]);
      return groups.map(({ groupId, members }) => ({ groupId, members: members.length }));
    } catch (thrown) {
      if (protocolErrorOf(thrown) === 'GROUP_ID_NOT_FOUND') return [];
      throw fromKafkajs(thrown, `Asking for the groups ${groupIds.join(', ')}`);
    }
  }

  writer(place: WriterPlace, signal: AbortSignal): Promise<TransactionalWriter> {
    if (signal.aborted) throw new PermafrostError('CANCELLED', 'It was cancelled.');
    return TransactionalWriter.open(this.#cluster, place, signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#admin.disconnect(), this.#questions.close(), this.#cluster.disconnect()]);
  }
}

/** A topic that was just made: not every broker has heard of it. */
async function onceItIsKnown<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let left = KNOWN_CHECKS; ; left -= 1) {
    try {
      return await ask();
    } catch (thrown) {
      const told = protocolErrorOf(thrown instanceof PermafrostError ? thrown.cause : thrown);
      if (left === 0 || told === null || !NOT_YET_KNOWN.has(told)) throw thrown;
    }
    await sleep(KNOWN_CHECK_MS);
  }
}
