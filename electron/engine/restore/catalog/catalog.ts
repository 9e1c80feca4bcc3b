/**
 * What a bucket holds, in memory: its folders, each with its objects in name order. A folder is a name up to its last
 * slash; the folder of a partition holds a chain.
 */
import type { ObjectRow } from '../../../../shared/model/archive';

export type Folders = ReadonlyMap<string, readonly ObjectRow[]>;

/** Tells versions of one name apart. */
export function rowId({ name, generation }: Pick<ObjectRow, 'name' | 'generation'>): string {
  return `${generation} ${name}`;
}

export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}

/** True for folders whose names grow with time: what is new in them stands behind what was there. */
export function isChain(folder: string): boolean {
  return /\/partition=\d+\/$|(^|\/)@snapshots\/[^/]+\/$/.test(folder);
}

export class Catalog {
  #folders = new Map<string, ObjectRow[]>();
  #objects = 0;
  /** when all of the bucket was listed the last time, ms since 1970; null before the first time */
  listedAt: number | null = null;

  get folders(): Folders {
    return this.#folders;
  }

  get objects(): number {
    return this.#objects;
  }

  /** In name order, and behind all that is there of their folders. */
  add(rows: readonly ObjectRow[]): void {
    for (const row of rows) {
      const folder = folderOf(row.name);
      const known = this.#folders.get(folder);
      if (known === undefined) this.#folders.set(folder, [row]);
      else known.push(row);
    }
    this.#objects += rows.length;
  }

  addFolder(folder: string, rows: readonly ObjectRow[]): void {
    this.#folders.set(folder, rows as ObjectRow[]);
    this.#objects += rows.length;
  }

  /** Takes over what another one holds. @returns whether it differs from what was here */
  replaceBy(other: Catalog): boolean {
    const isSame = sameFolders(this.#folders, other.#folders);
    this.#folders = other.#folders;
    this.#objects = other.#objects;
    this.listedAt = other.listedAt;
    return !isSame;
  }
}

function sameFolders(one: Folders, other: Folders): boolean {
  if (one.size !== other.size) return false;
  for (const [folder, rows] of one) {
    const others = other.get(folder);
    if (others === rows) continue;
    if (others?.length !== rows.length) return false;
    if (!rows.every((row, index) => isSameRow(row, others[index]))) return false;
  }
  return true;
}

/** A generation never changes its content; its class may. */
function isSameRow(one: ObjectRow, other: ObjectRow | undefined): boolean {
  return (
    other !== undefined &&
    one.generation === other.generation &&
    one.storageClass === other.storageClass &&
    one.name === other.name
  );
}
