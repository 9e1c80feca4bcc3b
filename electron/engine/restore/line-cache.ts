import type { ArchivedLine } from '../segment/record';

/** Decoded blocks that were looked at last, as many as fit. The newest stays, however large it is. */
export class LineCache {
  readonly #maxBytes: number;
  /** in the order of their last use */
  readonly #blocks = new Map<number, { readonly lines: readonly ArchivedLine[]; readonly bytes: number }>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(block: number): readonly ArchivedLine[] | null {
    const found = this.#blocks.get(block);
    if (found === undefined) return null;
    this.#blocks.delete(block);
    this.#blocks.set(block, found);
    return found.lines;
  }

  put(block: number, lines: readonly ArchivedLine[]): void {
    const bytes = lines.reduce((sum, line) => sum + heldBytes(line), 0);
    this.#drop(block);
    this.#blocks.set(block, { lines, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#blocks.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === block) break;
      this.#drop(oldest);
    }
  }

  #drop(block: number): void {
    this.#bytes -= this.#blocks.get(block)?.bytes ?? 0;
    this.#blocks.delete(block);
  }
}

/** objects and buffers around the bytes of a record, roughly */
const OVERHEAD_BYTES = 400;

function heldBytes(line: ArchivedLine): number {
  if (line.kind === 'corrupt') return OVERHEAD_BYTES + line.bytes.length;
  const headers = line.headers.reduce((sum, [name, value]) => sum + name.length + (value?.length ?? 0), 0);
  return OVERHEAD_BYTES + (line.key?.length ?? 0) + (line.value?.length ?? 0) + headers;
}
