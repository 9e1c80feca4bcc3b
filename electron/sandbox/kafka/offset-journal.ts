/**
 * The committed offsets of all groups, kept in group-offsets.jsonl (line-journal.ts).
 */
import { join } from 'node:path';
import { z } from 'zod';
import { LineJournal } from './line-journal';

const CommitLine = z.strictObject({
  kind: z.literal('commit'),
  group: z.string(),
  topic: z.string(),
  partition: z.int().nonnegative(),
  offset: z.int(),
  leaderEpoch: z.int(),
  metadata: z.string(),
  committedAtMs: z.number(),
});
const JournalLine = z.discriminatedUnion('kind', [
  CommitLine,
  z.strictObject({ kind: z.literal('delete-group'), group: z.string() }),
  z.strictObject({ kind: z.literal('delete-topic'), topic: z.string() }),
]);
type JournalLine = z.infer<typeof JournalLine>;
export type CommittedOffset = Readonly<z.infer<typeof CommitLine>>;
export const OffsetCommit = CommitLine.omit({ kind: true });
export type OffsetCommit = Readonly<z.infer<typeof OffsetCommit>>;

type OffsetsOfTopic = Map<number, CommittedOffset>;

type OffsetsOfGroups = Map<string, Map<string, OffsetsOfTopic>>;

export class OffsetJournal {
  readonly #groups: OffsetsOfGroups;
  readonly #journal: LineJournal<JournalLine>;

  private constructor(groups: OffsetsOfGroups, journal: LineJournal<JournalLine>) {
    this.#groups = groups;
    this.#journal = journal;
  }

  /** @throws PermafrostError SANDBOX_FAILED if the file is damaged */
  static async load(dataDir: string): Promise<OffsetJournal> {
    const groups: OffsetsOfGroups = new Map();
    const journal = await LineJournal.load(join(dataDir, 'group-offsets.jsonl'), {
      schema: JournalLine,
      apply: (line) => apply(groups, line),
      live: () => committedIn(groups),
    });
    return new OffsetJournal(groups, journal);
  }

  groupIds(): string[] {
    return [...this.#groups.keys()];
  }

  has(group: string): boolean {
    return this.#groups.has(group);
  }

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#groups.get(group)?.get(topic)?.get(partition);
  }

  topicsOf(group: string): Map<string, readonly number[]> {
    const topics = this.#groups.get(group) ?? new Map<string, OffsetsOfTopic>();
    return new Map([...topics].map(([topic, partitions]) => [topic, [...partitions.keys()]]));
  }

  /** Returns when the commits are on record. */
  commit(commits: readonly OffsetCommit[]): Promise<void> {
    return this.#journal.append(commits.map((commit) => ({ kind: 'commit', ...commit })));
  }

  deleteGroup(group: string): Promise<void> {
    return this.#journal.append([{ kind: 'delete-group', group }]);
  }

  async deleteTopic(topic: string): Promise<void> {
    const isKnown = [...this.#groups.values()].some((topics) => topics.has(topic));
    if (isKnown) await this.#journal.append([{ kind: 'delete-topic', topic }]);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}

function apply(groups: OffsetsOfGroups, line: JournalLine): void {
  switch (line.kind) {
    case 'commit': {
      const topics = getOrSet(groups, line.group, () => new Map<string, OffsetsOfTopic>());
      getOrSet(topics, line.topic, () => new Map<number, CommittedOffset>()).set(line.partition, line);
      return;
    }
    case 'delete-group':
      groups.delete(line.group);
      return;
    case 'delete-topic':
      for (const [group, topics] of groups) {
        topics.delete(line.topic);
        if (topics.size === 0) groups.delete(group);
      }
      return;
  }
}

function committedIn(groups: OffsetsOfGroups): CommittedOffset[] {
  return [...groups.values()].flatMap((topics) =>
    [...topics.values()].flatMap((partitions) => [...partitions.values()]),
  );
}

function getOrSet<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
