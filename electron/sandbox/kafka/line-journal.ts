/**
 * State that changes often, kept as a file of JSON lines: one line a change, appended before the change is answered,
 * so an answered change survives the death of the process. At start the file is read and written anew with what still
 * counts. A last line without its end was never answered and is dropped; any other damage is refused.
 */
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import type { z } from 'zod';
import { messageOf } from '../../../shared/errors';
import { damagedFile, isMissingFile } from '../state-file';

/** What the lines mean: their owner's state. */
export interface JournalState<Line> {
  readonly schema: z.ZodType<Line>;
  readonly apply: (line: Line) => void;
  /** Lines that make the whole state, as few as can be. */
  readonly live: () => readonly Line[];
}

/** The file is written anew when it holds this many lines more than four times what counts. */
const SUPERSEDED_LINES = 50_000;

interface PendingLines<Line> {
  readonly lines: readonly Line[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class LineJournal<Line> {
  readonly #path: string;
  readonly #state: JournalState<Line>;
  #file: FileHandle | undefined;
  #lineCount = 0;
  #byteLength = 0;
  #pending: PendingLines<Line>[] = [];
  #flushing: Promise<void> | undefined;

  private constructor(path: string, state: JournalState<Line>) {
    this.#path = path;
    this.#state = state;
  }

  /** Applies every line of the file. @throws PermafrostError SANDBOX_FAILED if it is damaged */
  static async load<Line>(path: string, state: JournalState<Line>): Promise<LineJournal<Line>> {
    for (const [at, text] of (await readLines(path)).entries()) {
      try {
        state.apply(state.schema.parse(JSON.parse(text)));
      } catch (error) {
        throw damagedFile(path, `line ${at + 1}: ${messageOf(error)}`, error);
      }
    }
    const journal = new LineJournal(path, state);
    await journal.#rewrite();
    return journal;
  }

  /** Returns when the lines are on record and applied. */
  append(lines: readonly Line[]): Promise<void> {
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

  async #write(lines: readonly Line[]): Promise<void> {
    if (this.#file === undefined) throw new Error(`${this.#path} is closed`);
    const bytes = encode(lines);
    let written = 0;
    // Always at the end of what counts: a failed write is written over by the next one.
    while (written < bytes.length) {
      const left = bytes.length - written;
      written += (await this.#file.write(bytes, written, left, this.#byteLength + written)).bytesWritten;
    }
    this.#byteLength += bytes.length;
    this.#lineCount += lines.length;
    for (const line of lines) this.#state.apply(line);
    if (this.#lineCount > SUPERSEDED_LINES && this.#lineCount > SUPERSEDED_LINES + 4 * this.#state.live().length) {
      await this.#rewrite();
    }
  }

  async #rewrite(): Promise<void> {
    const live = this.#state.live();
    const bytes = encode(live);
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

function encode(lines: readonly unknown[]): Buffer {
  return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
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
