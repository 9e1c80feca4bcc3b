/** Sends batches in order, several under way at once, compressed side by side. */
import { MAX_IN_FLIGHT, type TransactionalWriter } from '../../kafka/transactional-writer';
import { compressed, type BatchCompression, type PackedRun } from '../../kafka/outgoing-batch';
import type { RecordRun } from '../../segment/record-runs';

/** compressed or waiting for it: enough to keep two processors at it */
const MAX_WAITING = 4;

export class BatchPipe {
  readonly #writer: TransactionalWriter;
  readonly #compression: BatchCompression;
  readonly #maxBatchBytes: number;
  readonly #waiting: Promise<void>[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  /** @param maxBatchBytes that the topic takes: what is larger is compressed, whatever the choice */
  constructor(writer: TransactionalWriter, compression: BatchCompression, maxBatchBytes: number) {
    this.#writer = writer;
    this.#compression = compression;
    this.#maxBatchBytes = maxBatchBytes;
  }

  /**
   * Waits while too many are waiting.
   * @param acknowledged with the offset of the run's first record in the target
   * @throws what sending an earlier one threw
   */
  async push(run: RecordRun | PackedRun, acknowledged: (base: bigint) => void): Promise<void> {
    this.#throwFailure();
    const packed = this.#packed(run);
    packed.catch(() => undefined); // it is awaited in its turn
    const before = this.#last;
    const sent = before
      .then(async () => {
        while (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight);
        if (this.#failure === null) this.#send(await packed, acknowledged);
      })
      .catch((thrown: unknown) => this.#fail(thrown));
    this.#last = sent;
    this.#waiting.push(sent);
    if (this.#waiting.length > MAX_WAITING) await this.#waiting.shift();
    this.#throwFailure();
  }

  #packed(run: RecordRun | PackedRun): Promise<PackedRun> {
    if ('compression' in run) return Promise.resolve(run);
    const isCompressed = this.#compression === 'zstd' || run.bytes.length > this.#maxBatchBytes;
    return isCompressed ? compressed(run) : Promise.resolve({ ...run, compression: 'none' });
  }

  /** Waits until Kafka has all of them. @throws what sending one of them threw */
  async drain(): Promise<void> {
    await this.#last;
    this.#waiting.length = 0;
    await Promise.all(this.#inFlight);
    this.#throwFailure();
  }

  #send(run: PackedRun, acknowledged: (base: bigint) => void): void {
    const answer = this.#writer
      .produce(run)
      .then(acknowledged)
      .catch((thrown: unknown) => this.#fail(thrown))
      .finally(() => this.#inFlight.delete(answer));
    this.#inFlight.add(answer);
  }

  #fail(thrown: unknown): void {
    this.#failure ??= thrown;
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure as Error;
  }
}
