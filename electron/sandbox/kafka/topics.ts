/**
 * The topics: names, ids (KIP-516), partitions and settings, kept in topics.json; the logs lie in a folder per topic
 * id, so that a topic that is deleted and made anew never sees its former records.
 *
 * Order of writing: folders before topics.json when a topic is made, after it when one is deleted. So what topics.json
 * names is there, and a folder it does not name is a remainder that is removed at the next start.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { EpochStart, LeaderEpochs } from './leader-epochs';
import { LogFiles } from './log-files';
import { PartitionLog } from './partition-log';
import { damagedFile, isMissingFile, readStateFile, replaceStateFile } from '../state-file';
import { checkConfig } from './topic-configs';
import { topicPolicy, type TopicPolicy } from './topic-policy';

const MAX_PARTITIONS = 1000;

const TopicsFile = z.strictObject({
  version: z.literal(1),
  topics: z.array(
    z.strictObject({
      name: z.string(),
      id: z.string().regex(/^[\w-]{22}$/),
      configs: z.record(z.string(), z.string()),
      /** One entry a partition. */
      logStartOffsets: z.array(z.int().nonnegative()).min(1),
      /** One entry a partition; absent while none of them has had a second epoch. */
      leaderEpochs: z.array(z.array(EpochStart)).optional(),
    }),
  ),
});

export class Topic {
  readonly name: string;
  readonly id: string;
  readonly configs: ReadonlyMap<string, string>;
  readonly policy: TopicPolicy;
  readonly partitions: readonly PartitionLog[];

  constructor(name: string, id: string, configs: ReadonlyMap<string, string>, partitions: readonly PartitionLog[]) {
    this.name = name;
    this.id = id;
    this.configs = configs;
    this.policy = topicPolicy(configs);
    this.partitions = partitions;
  }
}

export class Topics {
  readonly #file: string;
  /** where the logs lie */
  readonly folder: string;
  readonly #byName = new Map<string, Topic>();
  readonly #byId = new Map<string, Topic>();
  /** Changes go one after another: each ends with topics.json written. */
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(dataDir: string) {
    this.#file = join(dataDir, 'topics.json');
    this.folder = join(dataDir, 'topics');
  }

  static async load(dataDir: string): Promise<Topics> {
    const topics = new Topics(dataDir);
    await mkdir(topics.folder, { recursive: true });
    const state = await readStateFile(topics.#file, TopicsFile);
    const folders = await readdir(topics.folder);
    if (state === undefined && folders.length > 0) {
      throw damagedFile(topics.#file, 'it is missing, though there are topics beside it');
    }
    try {
      for (const topic of state?.topics ?? []) await topics.#load(topic);
    } catch (error) {
      await topics.close();
      throw error;
    }
    await topics.#removeRemainders(folders);
    return topics;
  }

  async #load(state: z.infer<typeof TopicsFile>['topics'][number]): Promise<void> {
    const partitions: PartitionLog[] = [];
    const topic = new Topic(state.name, state.id, new Map(Object.entries(state.configs)), partitions);
    // Known before all of it is loaded, so that it is closed if the rest cannot be.
    this.#put(topic);
    for (const [partition, logStartOffset] of state.logStartOffsets.entries()) {
      const folder = this.#partitionFolder(state.id, partition);
      try {
        const epochs = new LeaderEpochs(state.leaderEpochs?.[partition]);
        partitions.push(await PartitionLog.load(folder, logStartOffset, { epochs }));
      } catch (error) {
        throw isMissingFile(error) ? damagedFile(folder, `the log of topic ${state.name} is missing`, error) : error;
      }
    }
    this.#put(topic);
  }

  async #removeRemainders(folders: readonly string[]): Promise<void> {
    const known = new Set(this.list().map((topic) => folderName(topic.id)));
    for (const folder of folders) {
      if (!known.has(folder)) await rm(join(this.folder, folder), { recursive: true, force: true });
    }
  }

  #partitionFolder(id: string, partition: number): string {
    return join(this.folder, folderName(id), String(partition));
  }

  #put(topic: Topic): void {
    for (const log of topic.partitions) log.limitFiles(topic.policy.segmentBytes);
    this.#byName.set(topic.name, topic);
    this.#byId.set(topic.id, topic);
  }

  /** In the order of their names. */
  list(): Topic[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  getById(id: string): Topic | undefined {
    return this.#byId.get(id);
  }

  partition(name: string, partition: number): PartitionLog | undefined {
    return this.#byName.get(name)?.partitions[partition];
  }

  /** @throws KafkaRefusal if a topic of that name, with these partitions and settings, can't be made */
  checkNew(name: string, partitions: number, configs: ReadonlyMap<string, string>): void {
    if (!/^[\w.-]{1,249}$/.test(name) || name === '.' || name === '..') {
      throw new KafkaRefusal(ErrorCode.INVALID_TOPIC, `${name} is no valid name of a topic`);
    }
    if (this.#byName.has(name))
      throw new KafkaRefusal(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`);
    if (partitions < 1 || partitions > MAX_PARTITIONS) {
      throw new KafkaRefusal(ErrorCode.INVALID_PARTITIONS, `A sandbox topic has 1 to ${MAX_PARTITIONS} partitions.`);
    }
    for (const [config, value] of configs) checkConfig(config, value);
  }

  create(name: string, partitions: number, configs: ReadonlyMap<string, string>): Promise<Topic> {
    return this.#change(async () => {
      this.checkNew(name, partitions, configs);
      return this.#create(name, partitions, configs);
    });
  }

  /** The topic of that name; it is made if there is none. */
  getOrCreate(name: string, partitions: number): Promise<Topic> {
    return this.#change(async () => {
      const topic = this.#byName.get(name);
      if (topic !== undefined) return topic;
      this.checkNew(name, partitions, new Map());
      return this.#create(name, partitions, new Map());
    });
  }

  async #create(name: string, partitions: number, configs: ReadonlyMap<string, string>): Promise<Topic> {
    const topic = new Topic(name, randomBytes(16).toString('base64url'), configs, []);
    const grown = await this.#withPartitions(topic, partitions);
    await this.#save([...this.#byName.values(), grown]);
    this.#put(grown);
    return grown;
  }

  async #withPartitions(topic: Topic, count: number): Promise<Topic> {
    const partitions = [...topic.partitions];
    while (partitions.length < count) {
      const folder = this.#partitionFolder(topic.id, partitions.length);
      // A remainder of an attempt that was not finished.
      await rm(folder, { recursive: true, force: true });
      partitions.push(await PartitionLog.create(folder));
    }
    return new Topic(topic.name, topic.id, topic.configs, partitions);
  }

  /** @throws KafkaRefusal INVALID_PARTITIONS unless `count` is more than there are */
  addPartitions(name: string, count: number, validateOnly: boolean): Promise<void> {
    return this.#change(async () => {
      const topic = this.#existing(name);
      if (count <= topic.partitions.length || count > MAX_PARTITIONS) {
        const message = `Topic ${name} has ${topic.partitions.length} partitions; it can't get ${count}.`;
        throw new KafkaRefusal(ErrorCode.INVALID_PARTITIONS, message);
      }
      if (!validateOnly) await this.#replace(await this.#withPartitions(topic, count));
    });
  }

  /** @throws KafkaRefusal INVALID_CONFIG */
  setConfigs(name: string, change: (configs: Map<string, string>) => void, validateOnly: boolean): Promise<void> {
    return this.#change(async () => {
      const topic = this.#existing(name);
      const configs = new Map(topic.configs);
      change(configs);
      for (const [config, value] of configs) checkConfig(config, value);
      if (!validateOnly) await this.#replace(new Topic(topic.name, topic.id, configs, topic.partitions));
    });
  }

  /** Moves the log start offset of a partition; records before it are gone for good. */
  deleteRecords(name: string, partition: number, beforeOffset: number): Promise<number> {
    return this.#change(async () => {
      const log = this.#existing(name).partitions[partition];
      if (log === undefined) throw unknownPartition(name, partition);
      const before = beforeOffset === -1 ? log.highWatermark : beforeOffset;
      if (before < 0 || before > log.highWatermark) {
        throw new KafkaRefusal(ErrorCode.OFFSET_OUT_OF_RANGE, `there is no offset ${before} in ${name}-${partition}`);
      }
      const starts = new Map([[log, Math.max(before, log.logStartOffset)]]);
      // First on record, then gone: otherwise a crash between leaves a log that begins too late.
      await this.#save([...this.#byName.values()], starts);
      await log.deleteRecords(before);
      return log.logStartOffset;
    });
  }

  /**
   * Cuts a partition's log as an unclean election of another leader does: every batch that reaches beyond `offset` is
   * lost, and the next leader epoch begins. Clients are told to look for the leader anew.
   * @returns where the log ends now
   */
  truncate(name: string, partition: number, offset: number): Promise<number> {
    return this.#change(async () => {
      const topic = this.#existing(name);
      const log = topic.partitions[partition];
      if (log === undefined) throw unknownPartition(name, partition);
      if (offset < log.logStartOffset || offset > log.highWatermark) {
        throw new KafkaRefusal(ErrorCode.OFFSET_OUT_OF_RANGE, `there is no offset ${offset} in ${name}-${partition}`);
      }
      await log.close(ErrorCode.NOT_LEADER_OR_FOLLOWER);
      const folder = this.#partitionFolder(topic.id, partition);
      const endOffset = await LogFiles.cut(folder, offset);
      const epochs = log.epochs.next(endOffset);
      const cut = await PartitionLog.load(folder, Math.min(log.logStartOffset, endOffset), { epochs });
      const partitions = topic.partitions.map((other) => (other === log ? cut : other));
      await this.#replace(new Topic(topic.name, topic.id, topic.configs, partitions));
      return endOffset;
    });
  }

  delete(name: string): Promise<Topic> {
    return this.#change(async () => {
      const topic = this.#existing(name);
      await this.#save([...this.#byName.values()].filter((other) => other !== topic));
      this.#byName.delete(topic.name);
      this.#byId.delete(topic.id);
      for (const log of topic.partitions) await log.close();
      await rm(join(this.folder, folderName(topic.id)), { recursive: true, force: true });
      return topic;
    });
  }

  #existing(name: string): Topic {
    const topic = this.#byName.get(name);
    if (topic === undefined) throw unknownPartition(name);
    return topic;
  }

  async #replace(topic: Topic): Promise<void> {
    await this.#save([...this.#byName.values()].map((other) => (other.name === topic.name ? topic : other)));
    this.#put(topic);
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }

  async #save(topics: readonly Topic[], starts: ReadonlyMap<PartitionLog, number> = new Map()): Promise<void> {
    const state: z.infer<typeof TopicsFile> = {
      version: 1,
      topics: topics.map(({ name, id, configs, partitions }) => ({
        name,
        id,
        configs: Object.fromEntries(configs),
        logStartOffsets: partitions.map((log) => starts.get(log) ?? log.logStartOffset),
        ...leaderEpochsOf(partitions),
      })),
    };
    await replaceStateFile(this.#file, state);
  }

  async close(): Promise<void> {
    await this.#lastChange;
    for (const topic of this.#byName.values()) {
      for (const log of topic.partitions) await log.close();
    }
  }
}

function leaderEpochsOf(partitions: readonly PartitionLog[]): { leaderEpochs?: EpochStart[][] } {
  const leaderEpochs = partitions.map((log) => [...log.epochs.starts]);
  return leaderEpochs.some((starts) => starts.length > 1 || starts[0]?.epoch !== 0) ? { leaderEpochs } : {};
}

/** Not the id as it is printed: some file systems do not tell upper from lower case. */
function folderName(id: string): string {
  return Buffer.from(id, 'base64url').toString('hex');
}

function unknownPartition(name: string, partition?: number): KafkaRefusal {
  const what = partition === undefined ? `topic ${name}` : `partition ${name}-${partition}`;
  return new KafkaRefusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `This server does not host ${what}.`);
}
