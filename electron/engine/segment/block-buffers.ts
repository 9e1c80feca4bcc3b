/**
 * Memory for blocks. Buffers are used again: a fresh megabyte for every block would cost page faults and garbage
 * collection. While few blocks are open each gets a whole buffer; while there are many (partitions) they begin small and
 * grow, and the fullest is closed early when they hold more than they may.
 */

/** A block that lines are being added to. */
export interface OpenBlock {
  readonly usedBytes: number;
  /** of its buffer */
  readonly heldBytes: number;
  /** Closes it: its buffer leaves, and counts no more. */
  flush(): void;
}

export interface BlockBufferLimits {
  /** of the largest buffer that is used again */
  readonly maxBytes: number;
  /** together, of buffers that wait to be used again; others are left to the garbage collector */
  readonly maxFreeBytes: number;
  /** together, of open blocks */
  readonly maxOpenBytes: number;
}

const SMALLEST_PART = 64;
const GROWTH = 4;

export class BlockBuffers {
  readonly #limits: BlockBufferLimits;
  /** by size, ascending */
  readonly #free: ReadonlyMap<number, Buffer[]>;
  readonly #open = new Set<OpenBlock>();
  #freeBytes = 0;

  constructor(limits: BlockBufferLimits) {
    this.#limits = limits;
    const sizes: number[] = [];
    for (let part = SMALLEST_PART; part >= 1; part /= GROWTH) sizes.push(Math.ceil(limits.maxBytes / part));
    this.#free = new Map(sizes.map((size) => [size, []]));
  }

  /** of buffers that wait to be used again */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /**
   * A buffer of at least so many bytes, its content arbitrary, for a block that opens or grows. May close others.
   * @param block counts as open from now on
   */
  takeFor(block: OpenBlock, minBytes: number): Buffer {
    const { maxBytes, maxOpenBytes } = this.#limits;
    this.#open.add(block);
    const isRoomy = this.#openBytes() + maxBytes <= maxOpenBytes / 2;
    const bytes = this.#sizeFor(isRoomy ? Math.max(minBytes, maxBytes) : minBytes);
    this.#makeRoom(bytes - block.heldBytes, block);
    const free = this.#free.get(bytes)?.pop();
    if (free === undefined) return Buffer.allocUnsafeSlow(bytes);
    this.#freeBytes -= bytes;
    return free;
  }

  /** Does not count as open any more. */
  closed(block: OpenBlock): void {
    this.#open.delete(block);
  }

  /** The giver must not touch it any more. */
  giveBack(buffer: Buffer): void {
    const free = this.#free.get(buffer.length);
    if (free === undefined || this.#freeBytes + buffer.length > this.#limits.maxFreeBytes) return;
    free.push(buffer);
    this.#freeBytes += buffer.length;
  }

  #sizeFor(minBytes: number): number {
    for (const size of this.#free.keys()) if (size >= minBytes) return size;
    return minBytes;
  }

  #makeRoom(bytes: number, wanting: OpenBlock): void {
    while (this.#openBytes() + bytes > this.#limits.maxOpenBytes) {
      const others = [...this.#open].filter((block) => block !== wanting && block.usedBytes > 0);
      if (others.length === 0) return;
      others.reduce((fullest, block) => (block.usedBytes > fullest.usedBytes ? block : fullest)).flush();
    }
  }

  #openBytes(): number {
    let bytes = 0;
    for (const block of this.#open) bytes += block.heldBytes;
    return bytes;
  }
}
