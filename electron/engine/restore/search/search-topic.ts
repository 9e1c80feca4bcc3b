/** Looks for records in all archives of a topic. Names and metadata tell which archives may hold some, indexes which blocks. */
import { asPermafrostError, PermafrostError, type PlainError, toPlainError } from '../../../../shared/errors';
import type { RecordFilter } from '../../../../shared/model/search';
import type { Identity } from '../../keys/identity';
import type { Coverage } from '../../store/coverage-metadata';
import { parseObjectName } from '../../store/object-names';
import type { ListPage, ObjectStore, StoredObject } from '../../store/port';
import { describeArchive } from '../list';
import { openArchive, type OpenArchive } from '../open-archive';
import { recordTest, type RecordTest } from './record-test';
import { scanArchive } from './scan-archive';
import type { Match } from './scan-block';

export interface SearchOptions {
  /** of the archives' names */
  readonly prefix: string;
  readonly topic: string;
  /** null: all */
  readonly partitions: readonly number[] | null;
  readonly filter: RecordFilter;
  /** all private keys at hand */
  readonly identities: readonly Identity[];
  /** the search ends behind so many */
  readonly maxMatches: number;
  readonly signal: AbortSignal;
  readonly onMatches: (matches: readonly Match[], place: SearchedArchive) => void | Promise<void>;
  readonly onProgress: (progress: SearchProgress) => void;
}

export interface SearchedArchive {
  readonly object: StoredObject;
  readonly partition: number;
}

export interface SearchProgress {
  /** archives that may hold something, and how many of them are done */
  readonly archives: number;
  readonly archivesDone: number;
  /** what they take in the bucket, and how much of that is behind us: read, or stepped over */
  readonly storedBytes: number;
  readonly storedBytesDone: number;
  /** of stored bytes: what was really read */
  readonly bytesRead: number;
  /** lines that were looked through */
  readonly encodedBytes: number;
  readonly matches: number;
}

export interface SearchResult extends SearchProgress {
  /** complete: everything was looked through; limit: as many were found as were asked for */
  readonly end: 'complete' | 'limit' | 'cancelled';
  /** archives of the topic that hold nothing of the range, by their metadata */
  readonly archivesSkipped: number;
  /** archives that could not be read, and why */
  readonly failures: readonly { readonly object: string; readonly error: PlainError }[];
}

interface Candidate {
  readonly object: StoredObject;
  readonly partition: number;
}

/** archives opened ahead: a header and an index each */
const OPEN_AHEAD = 4;

/**
 * An archive that cannot be read does not end the search: it is told among the failures.
 * @throws PermafrostError INPUT_INVALID for the filter; STORE_NOT_FOUND when there are no archives of the topic; STORE_* when
 * the bucket can't be listed
 */
export async function searchTopic(store: ObjectStore, options: SearchOptions): Promise<SearchResult> {
  const test = recordTest(options.filter);
  const { candidates, archivesSkipped } = await findCandidates(store, options, test);
  const search = new Search(store, options, test, candidates);
  const end = await search.run();
  return { ...search.progress, end, archivesSkipped, failures: search.failures };
}

class Search {
  readonly failures: { object: string; error: PlainError }[] = [];
  readonly #store: ObjectStore;
  readonly #options: SearchOptions;
  readonly #test: RecordTest;
  readonly #candidates: readonly Candidate[];
  readonly #stopping = new AbortController();
  readonly #storedBytes: number;
  #archivesDone = 0;
  #storedBytesDone = 0;
  #bytesRead = 0;
  #encodedBytes = 0;
  #matches = 0;

  constructor(store: ObjectStore, options: SearchOptions, test: RecordTest, candidates: readonly Candidate[]) {
    this.#store = store;
    this.#options = options;
    this.#test = test;
    this.#candidates = candidates;
    this.#storedBytes = candidates.reduce((sum, { object }) => sum + object.size, 0);
  }

  get progress(): SearchProgress {
    return {
      archives: this.#candidates.length,
      archivesDone: this.#archivesDone,
      storedBytes: this.#storedBytes,
      storedBytesDone: this.#storedBytesDone,
      bytesRead: this.#bytesRead,
      encodedBytes: this.#encodedBytes,
      matches: this.#matches,
    };
  }

  async run(): Promise<SearchResult['end']> {
    const stop = (): void => this.#stopping.abort();
    this.#options.signal.addEventListener('abort', stop, { once: true });
    if (this.#options.signal.aborted) stop();
    try {
      const ahead: Promise<OpenArchive>[] = [];
      for (const [index, candidate] of this.#candidates.entries()) {
        for (let next = index + ahead.length; next < index + OPEN_AHEAD; next += 1) {
          const later = this.#candidates[next];
          if (later !== undefined) ahead.push(this.#open(later.object));
        }
        const opening = ahead.shift();
        if (opening === undefined) break;
        if (await this.#searchOne(candidate, opening)) return 'limit';
        if (this.#options.signal.aborted) return 'cancelled';
      }
      return 'complete';
    } finally {
      stop();
      this.#options.signal.removeEventListener('abort', stop);
    }
  }

  #open(object: StoredObject): Promise<OpenArchive> {
    const opening = openArchive(this.#store, object, {
      identities: this.#options.identities,
      signal: this.#stopping.signal,
      onBytes: (read) => (this.#bytesRead += read),
    });
    opening.catch(() => undefined); // it is awaited when its turn comes
    return opening;
  }

  /** @returns true when enough was found */
  async #searchOne(candidate: Candidate, opening: Promise<OpenArchive>): Promise<boolean> {
    const before = this.#storedBytesDone;
    try {
      const { segment } = await opening;
      for await (const { index, matches, encoded } of scanArchive(segment, this.#test)) {
        this.#encodedBytes += encoded.length;
        this.#storedBytesDone = before + behindBlock(candidate.object.size, index, segment.blocks.length);
        const wanted = matches.slice(0, this.#options.maxMatches - this.#matches);
        this.#matches += wanted.length;
        if (wanted.length > 0) await this.#options.onMatches(wanted, candidate);
        this.#options.onProgress(this.progress);
        if (this.#matches >= this.#options.maxMatches) return true;
        if (this.#stopping.signal.aborted) return false;
      }
    } catch (thrown) {
      const error = asPermafrostError(thrown);
      if (error.code === 'CANCELLED' || this.#stopping.signal.aborted) return false;
      if (error.code === 'INTERNAL') throw error;
      this.failures.push({ object: candidate.object.name, error: toPlainError(error) });
    }
    this.#archivesDone += 1;
    this.#storedBytesDone = before + candidate.object.size;
    this.#options.onProgress(this.progress);
    return false;
  }
}

/** Roughly: blocks are about as large as each other. */
function behindBlock(storedBytes: number, index: number, blocks: number): number {
  return blocks === 0 ? 0 : Math.floor((storedBytes * (index + 1)) / blocks);
}

async function findCandidates(
  store: ObjectStore,
  { prefix, topic, partitions, signal }: SearchOptions,
  test: RecordTest,
): Promise<{ readonly candidates: readonly Candidate[]; readonly archivesSkipped: number }> {
  const candidates: Candidate[] = [];
  let archivesSkipped = 0;
  let pageToken: string | null = null;
  do {
    const page: ListPage = await store.list({
      prefix: `${prefix === '' ? '' : `${prefix}/`}${topic}/`,
      signal,
      ...(pageToken === null ? {} : { pageToken }),
    });
    for (const object of page.objects) {
      const name = parseObjectName(object.name, prefix);
      if (name === null || partitions?.includes(name.partition) === false) continue;
      const described = describeArchive(object);
      if (described.kind === 'archive' && !mayHold(test, described.coverage)) archivesSkipped += 1;
      else candidates.push({ object, partition: name.partition });
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  if (candidates.length + archivesSkipped > 0) return { candidates, archivesSkipped };
  throw new PermafrostError(
    'STORE_NOT_FOUND',
    `There are no archives of topic ${topic} under ${prefix} in ${store.location}. List the bucket to see what it holds.`,
    { context: { topic } },
  );
}

function mayHold(test: RecordTest, coverage: Coverage): boolean {
  const { firstOffset, nextOffset, firstTimestamp: min, lastTimestamp: max } = coverage;
  if (coverage.records + coverage.corrupt === 0) return false;
  return test.mayHold({ firstOffset, nextOffset, timestamps: min === null || max === null ? null : { min, max } });
}
