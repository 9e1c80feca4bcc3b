import { rawBytesOf, type RecordView } from '../segment/record';

const START_BYTES = 4 * 1024;
/** a buffer for a larger record is let go with it */
const KEPT_BYTES = 256 * 1024;

/** A record of which stretches of the value were cut out; reused from record to record. */
export class RewrittenRecord implements RecordView {
  bytes: Buffer = Buffer.alloc(0);
  offset: number | bigint = 0;
  timestamp: number | bigint = -1;
  keyStart = 0;
  keyLength = -1;
  valueStart = 0;
  valueLength = -1;
  headerCount = 0;
  headerSpans = new Int32Array(16);

  get heldBytes(): number {
    return this.bytes.length;
  }

  /** @param cuts pairs of start and end, ascending, indexes into the view's bytes and within its value */
  write(view: RecordView, cuts: readonly number[]): this {
    this.#makeRoom(view);
    this.offset = view.offset;
    this.timestamp = view.timestamp;
    this.keyLength = view.keyLength;
    this.keyStart = 0;
    let at = this.#copy(view.bytes, view.keyStart, view.keyLength, 0);
    this.valueStart = at;
    let from = view.valueStart;
    for (let cut = 0; cut < cuts.length; cut += 2) {
      at = this.#copy(view.bytes, from, (cuts[cut] as number) - from, at);
      from = cuts[cut + 1] as number;
    }
    at = this.#copy(view.bytes, from, view.valueStart + view.valueLength - from, at);
    this.valueLength = at - this.valueStart;
    this.headerCount = view.headerCount;
    if (this.headerSpans.length < view.headerCount * 4) this.headerSpans = new Int32Array(view.headerCount * 8);
    for (let span = 0; span < view.headerCount * 4; span += 2) {
      const length = view.headerSpans[span + 1] as number;
      this.headerSpans[span] = at;
      this.headerSpans[span + 1] = length;
      at = this.#copy(view.bytes, view.headerSpans[span] as number, length, at);
    }
    return this;
  }

  forget(): void {
    this.bytes = Buffer.alloc(0);
  }

  #copy(source: Buffer, start: number, length: number, at: number): number {
    if (length <= 0) return at;
    source.copy(this.bytes, at, start, start + length);
    return at + length;
  }

  #makeRoom(view: RecordView): void {
    const needed = rawBytesOf(view);
    const isTooLarge = this.bytes.length > KEPT_BYTES && needed <= KEPT_BYTES;
    if (needed > this.bytes.length || isTooLarge)
      this.bytes = Buffer.allocUnsafeSlow(Math.max(START_BYTES, 2 ** Math.ceil(Math.log2(needed))));
  }
}
