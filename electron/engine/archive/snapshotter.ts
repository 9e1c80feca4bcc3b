import { setTimeout as sleep } from 'node:timers/promises';
import { crc32c } from '@node-rs/crc32';
import { asPermafrostError, type PermafrostError } from '../../../shared/errors';
import type { KafkaAdmin } from '../kafka/admin';
import type { TopicDescription } from '../kafka/topic-metadata';
import { lifeOf } from '../kafka/topic-identity';
import { AgeSealer } from '../segment/age';
import { snapshotName, snapshotPrefix } from '../store/snapshot-names';
import type { ListPage, ObjectStore } from '../store/port';
import type { ArchiveOptions, Clock } from './options';
import {
  buildSnapshot,
  digestOf,
  mergeGroups,
  type GroupSnapshot,
  type Snapshot,
  type TopicSnapshot,
} from './snapshot';

export interface SnapshotterParts {
  readonly admin: KafkaAdmin;
  readonly store: ObjectStore;
  readonly options: ArchiveOptions;
  readonly clock: Clock;
  /** the archived topics as they are now; none while this member has not the first one's partition 0 */
  readonly topics: () => readonly TopicDescription[];
  readonly onProblem: (error: PermafrostError) => void;
}

/** So many groups are asked for their offsets at once. */
const GROUPS_AT_ONCE = 8;
/** After the start, so that what the archiver needs first comes first. */
const FIRST_AFTER_MS = 2_000;
const LAST_WITHIN_MS = 5_000;

/** Writes a snapshot when something has changed, and at most so often. A failure is told and tried again next time. */
export class Snapshotter {
  readonly #parts: SnapshotterParts;
  readonly #over = new AbortController();
  #groups: readonly GroupSnapshot[] = [];
  /** of the snapshot in the bucket; null while that is not known */
  #digest: string | null = null;
  #isTaken = false;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: SnapshotterParts) {
    this.#parts = parts;
  }

  start(everyMs: number): void {
    this.#running = this.#run(everyMs);
  }

  /** Takes the one that is due when none was taken yet, unless Kafka or the bucket is slow, and ends. */
  async stop(): Promise<void> {
    await this.end();
    if (!this.#isTaken) await Promise.race([this.#take(), sleep(LAST_WITHIN_MS, undefined, { ref: false })]);
  }

  async end(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(everyMs: number): Promise<void> {
    for (let wait = FIRST_AFTER_MS; await this.#wait(wait); wait = everyMs) await this.#take();
  }

  async #wait(ms: number): Promise<boolean> {
    const { signal } = this.#over;
    await sleep(ms, undefined, { signal, ref: false }).catch((): void => undefined); // it is over
    return !signal.aborted;
  }

  async #take(): Promise<void> {
    const topics = this.#parts.topics();
    const [first] = topics;
    if (first === undefined) return;
    try {
      const snapshot = await this.#ask(first.clusterId, topics);
      const digest = digestOf(snapshot);
      this.#digest ??= await this.#latestDigest(first.clusterId);
      if (digest !== this.#digest && !(await this.#write(snapshot, digest))) return;
      this.#digest = digest;
      this.#isTaken = true;
    } catch (thrown) {
      this.#parts.onProblem(asPermafrostError(thrown));
    }
  }

  async #ask(clusterId: string, topics: readonly TopicDescription[]): Promise<Snapshot> {
    const { admin, clock } = this.#parts;
    const names = topics.map(({ name }) => name);
    const settings = await admin.topicSettings(names);
    const described = topics.map((topic): TopicSnapshot => ({
      name: topic.name,
      topicId: lifeOf(topic),
      partitions: topic.partitions.length,
      replicationFactor: topic.replicationFactor,
      settings: settings.get(topic.name) ?? {},
    }));
    this.#groups = mergeGroups(await this.#offsets(names), this.#groups);
    return buildSnapshot(clusterId, clock.now(), described, this.#groups);
  }

  /** Of every group but the archiver's own, whose position is in the bucket. */
  async #offsets(topics: readonly string[]): Promise<ReadonlyMap<string, GroupSnapshot['offsets'] | null>> {
    const { admin, options } = this.#parts;
    const ids = (await admin.groupIds()).filter((id) => id !== options.groupId);
    const answers = new Map<string, GroupSnapshot['offsets'] | null>();
    for (let at = 0; at < ids.length; at += GROUPS_AT_ONCE) {
      const some = ids.slice(at, at + GROUPS_AT_ONCE);
      const offsets = await Promise.all(some.map((id) => this.#offsetsOf(id, topics)));
      some.forEach((id, index) => answers.set(id, offsets[index] ?? null));
    }
    return answers;
  }

  async #offsetsOf(groupId: string, topics: readonly string[]): Promise<GroupSnapshot['offsets'] | null> {
    try {
      const offsets = await this.#parts.admin.committedOf(groupId, topics);
      return offsets.map((each) => ({ ...each, offset: each.offset.toString() }));
    } catch (thrown) {
      this.#parts.onProblem(asPermafrostError(thrown));
      return null;
    }
  }

  async #latestDigest(clusterId: string): Promise<string | null> {
    const { store, options } = this.#parts;
    const prefix = snapshotPrefix(options.prefix, clusterId);
    let digest: string | null = null;
    let pageToken: string | null = null;
    do {
      const page: ListPage = await store.list({ prefix, ...(pageToken === null ? {} : { pageToken }) });
      digest = page.objects.at(-1)?.metadata['digest'] ?? digest;
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
    return digest;
  }

  /** @returns false when there is one of this very second: the next one comes */
  async #write(snapshot: Snapshot, digest: string): Promise<boolean> {
    const { store, options, clock } = this.#parts;
    const plain = Buffer.from(`${JSON.stringify(snapshot, null, 1)}\n`);
    const body = options.recipients.length === 0 ? [plain] : sealed(plain, options.recipients);
    const name = snapshotName(options.prefix, snapshot.clusterId, clock.now(), options.recipients.length > 0);
    const metadata = {
      'permafrost-snapshot': String(snapshot.permafrostSnapshot),
      'cluster-id': snapshot.clusterId,
      topics: String(snapshot.topics.length),
      groups: String(snapshot.groups.length),
      digest,
      recipients: options.recipients.map(({ fingerprint }) => fingerprint).join(' '),
    };
    const storageClass = options.storageClass === null ? {} : { storageClass: options.storageClass };
    try {
      await store.create(name, body, { metadata, crc32c: checksum(body), ...storageClass });
      return true;
    } catch (thrown) {
      const error = asPermafrostError(thrown);
      if (error.code === 'STORE_CONFLICT') return false;
      throw error;
    }
  }
}

function sealed(plain: Buffer, recipients: ArchiveOptions['recipients']): Buffer[] {
  const sealer = new AgeSealer(recipients);
  return [sealer.head, ...sealer.push(plain), sealer.finish()];
}

function checksum(body: readonly Buffer[]): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(body.reduce((sum, piece) => crc32c(piece, sum), 0));
  return bytes.toString('base64');
}
