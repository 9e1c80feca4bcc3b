/**
 * Looks inside an archive without downloading the whole of it: only the blocks that are looked at are read, decrypted and
 * decompressed, in memory.
 */
import type { MatchPage, OpenedArchive, RecordPage, RecordRow } from '../../../shared/model/archive';
import type { RecordFilter } from '../../../shared/model/search';
import type { Identity } from '../keys/identity';
import type { ArchivedLine } from '../segment/record';
import type { ObjectStore } from '../store/port';
import { findObject } from './find-object';
import { indexedBlocks, sequentialBlocks, type LineBlocks } from './line-blocks';
import { LineCache } from './line-cache';
import { aboutObject, openArchive, type OpenArchive } from './open-archive';
import { rowOfLine, rowSize } from './record-rows';
import { openFileArchive, type OpenFile } from './search/open-file';
import { recordTest } from './search/record-test';
import { scanArchive, type ScannedBlock } from './search/scan-archive';
import type { Match } from './search/scan-block';
import { rowOfOffset, rowOfTime } from './search/seek';

/** decoded blocks kept for scrolling back */
const MAX_CACHED_BYTES = 64_000_000;
/** a page ends early behind so much text: values of 10 MB are legal, and 500 of them would choke the window */
const MAX_PAGE_BYTES = 8_000_000;
/** what is found first is shown at once: blocks are read one by one */
const FILTER_AHEAD_BYTES = 1;
/** a filter answers behind so many lines' bytes, found something or not, so that it can tell how far it is */
const FILTER_STEP_BYTES = 8_000_000;

/**
 * A line of Kafka's largest usual record, 10 MB, has 60 MB. What is larger than this would stand in the memory several times
 * to be shown; everything else takes what the format allows.
 */
const MAX_BLOCK_BYTES = 128 * 1024 * 1024;

export interface PreviewOptions {
  readonly store: ObjectStore;
  readonly name: string;
  readonly generation: string;
  /** all private keys at hand */
  readonly identities: readonly Identity[];
  readonly maxCachedBytes?: number;
}

/**
 * @throws PermafrostError STORE_NOT_FOUND when the object was deleted or replaced since it was listed; NOT_AN_ARCHIVE;
 * KEY_MISSING with context.wanted; ARCHIVE_DAMAGED; ARCHIVE_UNKNOWN_VERSION; STORE_*
 */
export async function openPreview(options: PreviewOptions): Promise<Preview> {
  const { store, identities, maxCachedBytes = MAX_CACHED_BYTES } = options;
  const closing = new AbortController();
  const object = await findObject(store, options, closing.signal);
  const archive = await openArchive(store, object, {
    ...{ identities, maxBlockBytes: MAX_BLOCK_BYTES },
    signal: closing.signal,
  });
  const preview = new Preview(archive, maxCachedBytes, closing);
  await preview.countRows();
  return preview;
}

/**
 * The same with a file on a disk.
 * @throws PermafrostError FILE_UNREADABLE, and as `openPreview` for its content
 */
export async function openFilePreview(
  path: string,
  identities: readonly Identity[],
  maxCachedBytes: number = MAX_CACHED_BYTES,
): Promise<Preview> {
  const archive = await openFileArchive(path, { identities, maxBlockBytes: MAX_BLOCK_BYTES });
  const preview = new Preview(archive, maxCachedBytes, new AbortController());
  try {
    await preview.countRows();
    return preview;
  } catch (thrown) {
    await archive.source.close();
    throw thrown;
  }
}

/** One archive that is open. Calls may overlap: they are served one after another. */
export class Preview {
  readonly #archive: OpenArchive | OpenFile;
  readonly #blocks: LineBlocks;
  readonly #cache: LineCache;
  readonly #closing: AbortController;
  /** lines of the blocks that were read */
  readonly #counts = new Map<number, number>();
  #rows: number;
  #filtering: Filtering | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(archive: OpenArchive | OpenFile, maxCachedBytes: number, closing: AbortController) {
    const { segment, coverage } = archive;
    this.#archive = archive;
    this.#blocks = segment.indexed ? indexedBlocks(segment, (coverage?.corrupt ?? 0) > 0) : sequentialBlocks(segment);
    this.#cache = new LineCache(maxCachedBytes);
    this.#closing = closing;
    this.#rows = segment.identity?.records ?? coverage?.records ?? 0;
  }

  get info(): Omit<OpenedArchive, 'handle'> {
    const { object, segment, coverage } = this.#archive;
    return {
      name: object.name,
      topic: segment.identity?.topic ?? coverage?.topic ?? null,
      partition: segment.identity?.partition ?? coverage?.partition ?? null,
      codec: segment.codec,
      encrypted: segment.encrypted,
      indexed: segment.indexed,
      reduction: coverage?.reduction ?? null,
      dropped: coverage?.dropped ?? 0,
      records: this.#rows,
      blocks: segment.blocks.length,
      firstOffset: String(segment.identity?.firstOffset ?? coverage?.firstOffset ?? 0n),
      nextOffset: String(segment.identity?.nextOffset ?? coverage?.nextOffset ?? 0n),
      storedBytes: object.size,
      bytesRead: this.#bytesRead,
    };
  }

  /**
   * @param from index of a row within the archive, from 0
   * @returns at most count rows, fewer where they are very large, none behind the last one
   * @throws PermafrostError ARCHIVE_DAMAGED, STORE_*; CANCELLED after close
   */
  records(from: number, count: number): Promise<RecordPage> {
    return this.#inTurn(() => this.#page(from, count));
  }

  /** The first row at or behind an offset; the number of rows when there is none. */
  rowOfOffset(offset: bigint): Promise<number> {
    return this.#inTurn(() => rowOfOffset(this.#seekable, offset));
  }

  /** The first row with a timestamp at or behind a time; the number of rows when there is none. @param time ms since 1970 */
  rowOfTime(time: bigint): Promise<number> {
    return this.#inTurn(() => rowOfTime(this.#seekable, time));
  }

  /** Begins to look for records, from the front; see `matches`. @throws PermafrostError INPUT_INVALID with context.field */
  filter(filter: RecordFilter): void {
    const test = recordTest(filter);
    this.#filtering = {
      blocks: scanArchive(this.#archive.segment, test, FILTER_AHEAD_BYTES),
      pending: [],
      isDone: false,
    };
  }

  /**
   * Goes on with the filter. @param count at most so many rows, also fewer and none while it is not at the end
   * @throws PermafrostError ARCHIVE_DAMAGED, STORE_*; CANCELLED after close
   */
  matches(count: number): Promise<MatchPage> {
    const filtering = this.#filtering;
    return this.#inTurn(async () => {
      const rows = filtering === null ? [] : await this.#nextMatches(filtering, count);
      return { rows, isDone: filtering?.isDone ?? true, bytesRead: this.#bytesRead };
    });
  }

  /** Every block with what a filter takes of it, for writing it elsewhere. Reads beside the other calls. */
  async *scan(filter: RecordFilter): AsyncGenerator<ScannedBlock, void, undefined> {
    const { object, coverage, segment } = this.#archive;
    const blocks = scanArchive(segment, recordTest(filter));
    for (;;) {
      const next = await aboutObject(object, coverage, () => blocks.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  close(): void {
    this.#closing.abort();
    const { source } = this.#archive;
    // behind what is under way: a file that is read must stay open
    if ('close' in source) void this.#inTurn(() => source.close());
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #nextMatches(filtering: Filtering, count: number): Promise<RecordRow[]> {
    const { object, coverage } = this.#archive;
    const rows: RecordRow[] = [];
    let shownBytes = 0;
    let scannedBytes = 0;
    for (;;) {
      for (let match = filtering.pending.shift(); match !== undefined; match = filtering.pending.shift()) {
        const row = rowOfLine(match.line);
        rows.push(row);
        shownBytes += rowSize(row);
        if (rows.length >= count || shownBytes >= MAX_PAGE_BYTES) return rows;
      }
      if (filtering.isDone || scannedBytes >= FILTER_STEP_BYTES) return rows;
      const next = await aboutObject(object, coverage, () => filtering.blocks.next());
      if (next.done === true) {
        filtering.isDone = true;
        return rows;
      }
      scannedBytes += next.value.encoded.length;
      filtering.pending = [...next.value.matches];
    }
  }

  get #seekable(): Parameters<typeof rowOfOffset>[0] {
    const { segment } = this.#archive;
    return {
      entries: segment.blocks,
      countOf: async (block) =>
        this.#counts.get(block) ?? this.#blocks.countOf(block) ?? (await this.#lines(block))?.length ?? null,
      read: (block) => this.#lines(block),
    };
  }

  /** Where neither index nor metadata count the rows, all of it is read once. */
  async countRows(): Promise<void> {
    const { segment, coverage } = this.#archive;
    const isCounted = coverage === null ? segment.indexed : coverage.corrupt === 0;
    if (isCounted) return;
    this.#rows = 0;
    for (let block = 0; ; block += 1) {
      const lines = await this.#lines(block);
      if (lines === null) return;
      this.#rows += lines.length;
    }
  }

  async #page(from: number, count: number): Promise<RecordPage> {
    const rows: RecordRow[] = [];
    let bytes = 0;
    let { block, row } = await this.#locate(from);
    while (rows.length < count && bytes < MAX_PAGE_BYTES) {
      const lines = await this.#lines(block);
      if (lines === null) break;
      for (const line of lines.slice(from + rows.length - row, from + count - row)) {
        const shown = rowOfLine(line);
        rows.push(shown);
        bytes += rowSize(shown);
        if (bytes >= MAX_PAGE_BYTES) break;
      }
      row += lines.length;
      block += 1;
    }
    return { from, rows, bytesRead: this.#bytesRead };
  }

  /** The block that holds a row, and the index of that block's first row. */
  async #locate(wanted: number): Promise<{ block: number; row: number }> {
    let row = 0;
    for (let block = 0; ; block += 1) {
      const known = this.#counts.get(block) ?? this.#blocks.countOf(block);
      const lines = known ?? (await this.#lines(block))?.length ?? null;
      if (lines === null || wanted < row + lines) return { block, row };
      row += lines;
    }
  }

  async #lines(block: number): Promise<readonly ArchivedLine[] | null> {
    const cached = this.#cache.get(block);
    if (cached !== null) return cached;
    const { object, coverage } = this.#archive;
    const lines = await aboutObject(object, coverage, () => this.#blocks.read(block));
    if (lines === null) return null;
    this.#cache.put(block, lines);
    this.#counts.set(block, lines.length);
    return lines;
  }

  /** What is read again after it left the cache is not new. */
  get #bytesRead(): number {
    return Math.min(this.#archive.source.bytesRead, this.#archive.object.size);
  }
}

interface Filtering {
  readonly blocks: AsyncGenerator<ScannedBlock, void, undefined>;
  /** found, and not given out yet */
  pending: Match[];
  isDone: boolean;
}
