import { availableParallelism } from 'node:os';
import { fromPlainError, type PermafrostError } from '../../shared/errors';
import type { ArchiverStatus, StageBytes } from '../engine/archive/progress';
import { ArchiverHost, type ArchiverListeners } from '../worker/archiver-host';
import type { ArchiverStart } from '../worker/archiver-protocol';
import type { UploadView } from '../../shared/model/live';
import { sumCounts } from '../../shared/model/reduction-counts';
import { takeThread } from './first-thread';
import type { Output } from './output';

export type ArchivedTotals = Pick<StageBytes, 'archives' | 'records' | 'uploadedBytes' | 'reduction'>;

/** A worker beyond the machine's cores only costs memory; still, whoever asks for it gets it. */
export const MAX_WORKERS = Math.max(64, availableParallelism());

/**
 * Several archivers in threads of their own, members of one group. Each one that crashes is started again; one that fails
 * ends all.
 */
export class ArchiveWorkers {
  readonly #output: Output;
  readonly #hosts: readonly ArchiverHost[];
  readonly #latest: (StageBytes | null)[];
  readonly #reached: boolean[];
  readonly #ended: Promise<void>;
  #end: { resolve: () => void; reject: (error: PermafrostError) => void } | null = null;

  constructor(count: number, output: Output) {
    this.#output = output;
    this.#ended = new Promise((resolve, reject) => (this.#end = { resolve, reject }));
    this.#ended.catch(() => undefined); // it may fail before anybody waits; who starts it is told as well
    this.#latest = Array.from({ length: count }, () => null);
    this.#reached = Array.from({ length: count }, () => false);
    this.#hosts = Array.from({ length: count }, (_, index) => this.#host(index));
  }

  /** Resolves when all are members of the group. @throws PermafrostError KAFKA_*, STORE_* */
  async start(params: ArchiverStart): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.start(params)));
  }

  /** Resolves when all partitions are archived up to where they ended at the start; rejects when a worker has failed. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** Uploads and commits what was read. @returns what was archived since the start */
  async stop(): Promise<ArchivedTotals> {
    await Promise.all(this.#hosts.map((host) => host.stop()));
    return this.#latest.reduce<ArchivedTotals>(
      (sum, stages) => ({
        archives: sum.archives + (stages?.archives ?? 0),
        records: sum.records + (stages?.records ?? 0),
        uploadedBytes: sum.uploadedBytes + (stages?.uploadedBytes ?? 0),
        reduction: sumCounts(sum.reduction, stages?.reduction ?? null),
      }),
      { archives: 0, records: 0, uploadedBytes: 0, reduction: null },
    );
  }

  #host(index: number): ArchiverHost {
    const listeners: ArchiverListeners = {
      view: ({ state, error }) => {
        if (state === 'failed' && error !== null) this.#end?.reject(fromPlainError(error));
      },
      status: ({ stages }: ArchiverStatus) => {
        this.#latest[index] = stages;
      },
      uploaded: (upload) => this.#uploaded(upload),
      problem: (error) => this.#output.problem(error),
      // its partitions go to the others, who must reach their end too
      crashed: () => this.#reached.fill(false),
      degraded: (error) => {
        if (error === null) this.#output.event('recovered', {}, 'It works again');
        else this.#output.problem(error);
      },
      reachedEnd: () => {
        this.#reached[index] = true;
        if (this.#reached.every(Boolean)) this.#end?.resolve();
      },
    };
    return new ArchiverHost(listeners, takeThread);
  }

  #uploaded(upload: UploadView): void {
    const { object, topic, partition, firstOffset, nextOffset, records, gap, corrupt, storedBytes, adopted } = upload;
    const { dropped, reduction } = upload;
    const kept = reduction === null ? `${records} messages` : `${records} messages, ${dropped} left out`;
    const what = gap === null ? kept : `${BigInt(nextOffset) - BigInt(firstOffset)} offsets ${gap}`;
    this.#output.event(
      'uploaded',
      {
        ...{ object, topic, partition, firstOffset, nextOffset, records, dropped, gap, corrupt, storedBytes, adopted },
        reduction,
      },
      `${object}: ${what}, ${storedBytes} bytes`,
    );
  }
}
