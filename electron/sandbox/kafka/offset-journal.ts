/**
 * The committed offsets of all groups, kept in group-offsets.jsonl: one JSON object a line, appended before a commit is
 * answered, so an answered commit survives the death of the process. At start the file is read and written anew with
 * what still counts. A last line without its end was never answered and is dropped; any other damage is refused.
 */
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../../shared/errors';
import { damagedFile, isMissingFile } from '../state-file';

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

/** The file is written anew when it holds this many lines more than four times what counts. */
const SUPERSEDED_LINES = 50_000;

type OffsetsOfTopic = Map<number, CommittedOffset>;

export class OffsetJournal {
  readonly #path: string;
  readonly #groups = new Map<string, Map<string, OffsetsOfTopic>>();
  #file: FileHandle | undefined;
  #lineCount = 0;
  #pending: { readonly lines: readonly JournalLine[]; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #flushing: Promise<void> | undefined;
  #byteLength = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws PermafrostError SANDBOX_FAILED if the file is damaged */
  static async load(dataDir: string): Promise<OffsetJournal> {
    const journal = new OffsetJournal(join(dataDir, 'group-offsets.jsonl'));
    for (const [at, text] of (await readLines(journal.#path)).entries()) {
      try {
        journal.#apply(JournalLine.parse(JSON.parse(text)));
      } catch (error) {
        throw damagedFile(journal.#path, `line ${at + 1}: ${messageOf(error)}`, error);
      }
    }
    await journal.#rewrite();
    return journal;
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
  commit(commits: readonly Omit<CommittedOffset, 'kind'>[]): Promise<void> {
    return this.#append(commits.map((commit) => ({ kind: 'commit', ...commit })));
  }

  deleteGroup(group: string): Promise<void> {
    return this.#append([{ kind: 'delete-group', group }]);
  }

  async deleteTopic(topic: string): Promise<void> {
    const isKnown = [...this.#groups.values()].some((topics) => topics.has(topic));
    if (isKnown) await this.#append([{ kind: 'delete-topic', topic }]);
  }

  #apply(line: JournalLine): void {
    switch (line.kind) {
      case 'commit': {
        const topics = getOrSet(this.#groups, line.group, () => new Map<string, OffsetsOfTopic>());
        getOrSet(topics, line.topic, () => new Map<number, CommittedOffset>()).set(line.partition, line);
        return;
      }
      case 'delete-group':
        this.#groups.delete(line.group);
        return;
      case 'delete-topic':
        for (const [group, topics] of this.#groups) {
          topics.delete(line.topic);
          if (topics.size === 0) this.#groups.delete(group);
        }
        return;
    }
  }

  #append(lines: readonly JournalLine[]): Promise<void> {
    if (lines.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#pending.push({ lines, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const group = this.#pending;
      this.#pending = [];
      try {
        await this.#write(group.flatMap(({ lines }) => lines));
        for (const append of group) append.resolve();
      } catch (error) {
        for (const append of group) append.reject(error);
      }
    }
    this.#flushing = undefined;
  }

  async #write(lines: readonly JournalLine[]): Promise<void> {
    if (this.#file === undefined) throw new Error(`${this.#path} is closed`);
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    let written = 0;
    // Always at the end of what counts: a failed write is written over by the next one.
    while (written < bytes.length) {
      const left = bytes.length - written;
      written += (await this.#file.write(bytes, written, left, this.#byteLength + written)).bytesWritten;
    }
    this.#byteLength += bytes.length;
    this.#lineCount += lines.length;
    for (const line of lines) this.#apply(line);
    if (this.#lineCount > SUPERSEDED_LINES && this.#lineCount > SUPERSEDED_LINES + 4 * this.#live().length) {
      await this.#rewrite();
    }
  }

  #live(): CommittedOffset[] {
    return [...this.#groups.values()].flatMap((topics) =>
      [...topics.values()].flatMap((partitions) => [...partitions.values()]),
    );
  }

  async #rewrite(): Promise<void> {
    const live = this.#live();
    const bytes = Buffer.from(live.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const temporary = `${this.#path}.new`;
    const file = await open(temporary, 'w+');
    await file.writeFile(bytes);
    await file.sync();
    await rename(temporary, this.#path);
    await this.#file?.close();
    this.#file = file;
    this.#byteLength = bytes.length;
    this.#lineCount = live.length;
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#file?.close();
    this.#file = undefined;
  }
}

async function readLines(path: string): Promise<string[]> {
  try {
    const lines = (await readFile(path, 'utf8')).split('\n');
    // What stands behind the last line end is empty, or a line that was not finished.
    return lines.slice(0, -1);
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

function getOrSet<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
