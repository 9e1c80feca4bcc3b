/** One bucket as the window looks at it: its catalog, what of it is shown, and what is ticked. */
import { rm } from 'node:fs/promises';
import { asPermafrostError, PermafrostError, toPlainError, type PlainError } from '../../../../shared/errors';
import type { ObjectRef, ObjectRow } from '../../../../shared/model/archive';
import {
  WHOLE_BUCKET,
  type CatalogQuery,
  type CatalogRows,
  type CatalogView,
  type ChoiceTotals,
  type ObjectChoice,
  type RefreshKind,
  type Tick,
} from '../../../../shared/model/catalog';
import { opensWith, withKeys } from '../list';
import type { ObjectStore } from '../../store/port';
import { Catalog, folderOf, rowId } from './catalog';
import { readCatalog, writeCatalog } from './catalog-file';
import { isWorthAsking, listAdded, listWhole } from './refresh';
import { inPlaceOrder, isAt, keysOf, select, topicsOf, totalsOf } from './view';

/** What was deleted elsewhere, or changed its class, is noticed after that at the latest. */
const WHOLE_EVERY_MS = 24 * 3_600_000;
/** A catalog that changes all the time is written no oftener. */
const SAVE_EVERY_MS = 60_000;

export interface BucketBrowserOptions {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** where its catalog is kept; null: nowhere */
  readonly file: string | null;
  /** of the private keys at hand */
  readonly ownFingerprints: ReadonlySet<string>;
  /** something of the view changed */
  readonly onChange: () => void;
  /** the catalog could not be kept on the disk, which costs time alone */
  readonly onProblem: (error: PermafrostError) => void;
  /** ms since 1970 */
  readonly clock?: () => number;
}

interface Wanted {
  readonly kind: RefreshKind;
  readonly changed: ReadonlySet<string>;
}

/** What is the same for every query. */
interface Whole extends Pick<CatalogView, 'totals' | 'topics' | 'keys' | 'snapshots' | 'others'> {
  readonly rows: readonly ObjectRow[];
}

export class BucketBrowser {
  static #versions = 0;
  readonly bucket: string;
  readonly #options: BucketBrowserOptions;
  readonly #clock: () => number;
  readonly #closing = new AbortController();
  readonly #ticked = new Map<string, ObjectRow>();
  #own: ReadonlySet<string>;
  #catalog = new Catalog();
  #version = ++BucketBrowser.#versions;
  #query: CatalogQuery = WHOLE_BUCKET;
  #whole: Whole | null = null;
  #shown: readonly ObjectRow[] | null = null;
  #wanted: Wanted | null = null;
  #working: Promise<void> | null = null;
  #listed: number | null = null;
  #error: PlainError | null = null;
  #savedAt = -Infinity;
  #isSaved = true;

  constructor(options: BucketBrowserOptions) {
    this.#options = options;
    this.bucket = options.bucket;
    this.#own = options.ownFingerprints;
    this.#clock = options.clock ?? Date.now;
  }

  /** Takes what is kept of a former visit, then asks the bucket. Never throws: the view says what failed. */
  async open(): Promise<void> {
    await this.#readFile();
    const { listedAt } = this.#catalog;
    const isOld = listedAt === null || this.#clock() - listedAt > WHOLE_EVERY_MS;
    await this.refresh(isOld ? 'all' : 'added');
  }

  close(): void {
    this.#closing.abort();
  }

  /**
   * Asks the bucket; a refresh that runs is followed by this one. The view says what failed.
   * @param names of objects that changed: their folders are asked for all they hold
   */
  refresh(kind: RefreshKind, names: readonly string[] = []): Promise<void> {
    this.#wanted = {
      kind: kind === 'all' || this.#wanted?.kind === 'all' ? 'all' : 'added',
      changed: new Set([...(this.#wanted?.changed ?? []), ...names.map(folderOf)]),
    };
    this.#working ??= this.#work().finally(() => (this.#working = null));
    return this.#working;
  }

  setKeys(ownFingerprints: ReadonlySet<string>): void {
    this.#own = ownFingerprints;
    this.#changed();
  }

  look(query: CatalogQuery, active: ObjectRef | null): CatalogView {
    if (JSON.stringify(query) !== JSON.stringify(this.#query)) {
      this.#query = query;
      this.#shown = null;
      this.#version = ++BucketBrowser.#versions;
    }
    const { rows, ...whole } = this.#wholeView();
    return {
      ...whole,
      version: this.#version,
      shown: this.#shownRows().length,
      ticked: this.#totalsOf([...this.#ticked.values()]),
      active: active === null ? null : this.#activeView(rows, active),
      listed: this.#listed,
      isWhole: this.#catalog.listedAt !== null,
      listedAt: this.#catalog.listedAt,
      error: this.#error,
    };
  }

  /** Of what the last look showed. @param count at most so many */
  rows(from: number, count: number): CatalogRows {
    const rows = this.#shownRows()
      .slice(from, from + count)
      .map((row) => ({ row: withKeys(row, this.#own), isTicked: this.#ticked.has(rowId(row)) }));
    return { version: this.#version, rows };
  }

  /** @returns null for a name that is not known (yet) */
  find(name: string): ObjectRow | null {
    const row = this.#catalog.folders.get(folderOf(name))?.find((each) => each.name === name);
    return row === undefined ? null : withKeys(row, this.#own);
  }

  /** All rows; null until all of the bucket was listed once. */
  wholeRows(): readonly ObjectRow[] | null {
    return this.#catalog.listedAt === null ? null : this.#wholeView().rows;
  }

  tick(change: Tick): void {
    switch (change.kind) {
      case 'none':
        this.#ticked.clear();
        break;
      case 'all':
        this.#tickAll(this.#shownRows());
        break;
      case 'toggle': {
        const id = rowId(change.object);
        const row = this.#shownRows().find((each) => rowId(each) === id);
        if (!this.#ticked.delete(id) && row !== undefined) this.#ticked.set(id, row);
        break;
      }
      case 'range':
        this.#tickRange(change.from, change.to);
        break;
    }
    this.#version = ++BucketBrowser.#versions;
  }

  /**
   * What a job would be about.
   * @param opensOnly leaves out what no key at hand opens
   * @throws PermafrostError STORE_NOT_FOUND when one of the objects is not there
   */
  choose(
    choice: ObjectChoice,
    opensOnly: boolean,
  ): { readonly objects: readonly ObjectRef[]; readonly totals: ChoiceTotals } {
    const rows = this.#chosen(choice).filter((row) => !opensOnly || this.#opens(row));
    return { objects: rows.map(({ name, generation }) => ({ name, generation })), totals: this.#totalsOf(rows) };
  }

  #chosen(choice: ObjectChoice): readonly ObjectRow[] {
    switch (choice.kind) {
      case 'ticked':
        return [...this.#ticked.values()];
      case 'place':
        return this.#wholeView().rows.filter((row) => isAt(row, choice.place));
      case 'objects':
        return choice.objects.map(({ name, generation }) => {
          const row = this.find(name);
          if (row?.generation === generation) return row;
          throw new PermafrostError('STORE_NOT_FOUND', `${name} is no longer in ${this.bucket}. Refresh the list.`, {
            context: { bucket: this.bucket, object: name },
          });
        });
    }
  }

  #tickRange(from: ObjectRef | null, to: ObjectRef): void {
    const rows = this.#shownRows();
    const indexOf = (ref: ObjectRef | null): number =>
      ref === null ? -1 : rows.findIndex((row) => row.name === ref.name && row.generation === ref.generation);
    const end = indexOf(to);
    if (end === -1) return;
    const anchor = indexOf(from);
    const start = anchor === -1 ? end : anchor;
    this.#tickAll(rows.slice(Math.min(start, end), Math.max(start, end) + 1));
  }

  #tickAll(rows: readonly ObjectRow[]): void {
    for (const row of rows) this.#ticked.set(rowId(row), row);
  }

  #activeView(rows: readonly ObjectRow[], { name, generation }: ObjectRef): CatalogView['active'] {
    const isIt = (row: ObjectRow): boolean => row.name === name && row.generation === generation;
    const row = rows.find(isIt);
    if (row === undefined) return null;
    const index = this.#shownRows().findIndex(isIt);
    return { index: index === -1 ? null : index, row: withKeys(row, this.#own) };
  }

  #totalsOf(rows: readonly ObjectRow[]): ChoiceTotals {
    return { ...totalsOf(rows), opens: rows.filter((row) => this.#opens(row)).length };
  }

  #opens({ archive, snapshot }: ObjectRow): boolean {
    const sealed = archive ?? snapshot;
    return sealed !== null && opensWith(sealed.recipients, this.#own);
  }

  #wholeView(): Whole {
    if (this.#whole !== null) return this.#whole;
    const rows = inPlaceOrder(this.#catalog.folders);
    const totals = totalsOf(rows);
    const snapshots = rows.filter(({ snapshot }) => snapshot !== null).length;
    const others = totals.objects - totals.archives - snapshots;
    this.#whole = { rows, totals, topics: topicsOf(rows), keys: keysOf(rows), snapshots, others };
    return this.#whole;
  }

  #shownRows(): readonly ObjectRow[] {
    this.#shown ??= select(this.#wholeView().rows, this.#query);
    return this.#shown;
  }

  /** The rows did. */
  #changed(): void {
    this.#whole = null;
    this.#shown = null;
    this.#told();
  }

  /** What is said besides the rows did. */
  #told(): void {
    this.#version = ++BucketBrowser.#versions;
    this.#options.onChange();
  }

  async #readFile(): Promise<void> {
    const { file } = this.#options;
    if (file === null) return;
    try {
      await readCatalog(file, this.bucket, this.#catalog, () => this.#changed());
    } catch {
      // a first visit, or a file that can't be used: the listing of all that follows takes its place
      this.#catalog = new Catalog();
    }
    this.#changed();
  }

  async #work(): Promise<void> {
    for (;;) {
      const wanted = this.#wanted;
      if (wanted === null || this.#closing.signal.aborted) return;
      this.#wanted = null;
      await this.#ask(wanted);
    }
  }

  async #ask(wanted: Wanted): Promise<void> {
    this.#listed = 0;
    this.#error = null;
    this.#told();
    try {
      const { listedAt } = this.#catalog;
      const isChanged = await this.#list(wanted);
      if (isChanged || this.#catalog.listedAt !== listedAt) this.#isSaved = false;
      if (isChanged) {
        this.#dropGone();
        this.#changed();
      }
      await this.#save();
    } catch (thrown) {
      const error = asPermafrostError(thrown);
      if (error.code === 'CANCELLED') return;
      this.#error = toPlainError(error);
      if (error.code === 'STORE_NOT_FOUND') await this.#forget();
    } finally {
      this.#listed = null;
      this.#told();
    }
  }

  /** @returns whether anything changed */
  async #list({ kind, changed }: Wanted): Promise<boolean> {
    const { store } = this.#options;
    // the first time objects are shown as they come, later all at once, so that nothing jumps
    const isFirst = this.#catalog.objects === 0;
    const options = {
      signal: this.#closing.signal,
      now: this.#clock(),
      onListed: (objects: number) => {
        this.#listed = objects;
        if (isFirst) this.#changed();
        else this.#told();
      },
    };
    if (kind === 'added' && isWorthAsking(this.#catalog)) {
      return this.#catalog.replaceBy(await listAdded(store, this.#catalog, changed, options));
    }
    const listed = isFirst ? this.#catalog : new Catalog();
    await listWhole(store, listed, options);
    return isFirst || this.#catalog.replaceBy(listed);
  }

  /** What was deleted is no longer ticked; what changed its class is told by its new row. */
  #dropGone(): void {
    if (this.#ticked.size === 0) return;
    const ids = new Set(this.#ticked.keys());
    this.#ticked.clear();
    for (const rows of this.#catalog.folders.values()) {
      for (const row of rows) if (ids.has(rowId(row))) this.#ticked.set(rowId(row), row);
    }
  }

  async #save(): Promise<void> {
    const { file, onProblem } = this.#options;
    if (file === null || this.#isSaved || this.#clock() - this.#savedAt < SAVE_EVERY_MS) return;
    this.#savedAt = this.#clock();
    try {
      await writeCatalog(file, this.bucket, this.#catalog);
      this.#isSaved = true;
    } catch (thrown) {
      onProblem(asPermafrostError(thrown));
    }
  }

  /** The bucket is gone. */
  async #forget(): Promise<void> {
    this.#catalog = new Catalog();
    this.#ticked.clear();
    this.#changed();
    if (this.#options.file !== null) await rm(this.#options.file, { force: true });
  }
}
