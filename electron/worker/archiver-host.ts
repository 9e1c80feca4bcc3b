import type { Worker } from 'node:worker_threads';
import { messageOf, PermafrostError, fromPlainError, toPlainError, type PlainError } from '../../shared/errors';
import type { ArchiverView, UploadView } from '../../shared/model/live';
import type { ArchiverStatus } from '../engine/archive/progress';
import type { ArchiverRequests, ArchiverStart, ArchiverThreadEvents } from './archiver-protocol';
import { connect, type Channel } from './channel';
import { startThread } from './thread';

export interface ArchiverListeners {
  view(view: ArchiverView): void;
  status(status: ArchiverStatus): void;
  uploaded(upload: UploadView): void;
  problem(error: PlainError): void;
  /** a retry is under way, or (null) over; the view tells it too */
  degraded?(error: PlainError | null): void;
  reachedEnd?(): void;
  /** the thread crashed; it is started again */
  crashed?(): void;
}

const STOPPED: ArchiverView = {
  state: 'stopped',
  reason: null,
  error: null,
  codec: null,
  recipients: [],
  reduction: null,
};

/** After a crash of the thread; twice as long after each one that follows without an upload between. */
const FIRST_RESTART_MS = 1_000;
const LONGEST_RESTART_MS = 60_000;

/** Starts and stops the archiver's thread, tells its state in words, and starts it again when it has crashed. */
export class ArchiverHost {
  readonly #listeners: ArchiverListeners;
  readonly #spawn: () => Worker;
  #running: { readonly thread: Worker; readonly channel: Channel<ArchiverRequests> } | null = null;
  #stopping: Promise<void> | null = null;
  #view: ArchiverView = STOPPED;
  #uploads = 0;
  #crashes = 0;
  /** it has been a member of its group since it was asked for: a later crash is worth another start */
  #wasRunning = false;
  #restart: NodeJS.Timeout | null = null;

  constructor(listeners: ArchiverListeners, spawn: () => Worker = () => startThread('archiver')) {
    this.#listeners = listeners;
    this.#spawn = spawn;
  }

  get view(): ArchiverView {
    return this.#view;
  }

  get isRunning(): boolean {
    return this.#running !== null || this.#restart !== null;
  }

  /** Answers when it is a member of its group. @throws PermafrostError BUSY, KAFKA_*, STORE_* */
  async start(params: ArchiverStart): Promise<void> {
    if (this.isRunning) throw new PermafrostError('BUSY', 'Archiving runs already. Stop it first.');
    this.#uploads = 0;
    this.#crashes = 0;
    this.#wasRunning = false;
    await this.#launch(params);
  }

  async #launch(params: ArchiverStart): Promise<void> {
    const thread = this.#spawn();
    const channel = connect<ArchiverRequests, ArchiverThreadEvents>(thread, {
      status: (status) => this.#listeners.status(status),
      uploaded: (upload) => {
        this.#uploads += 1;
        this.#crashes = 0;
        this.#listeners.uploaded(upload);
      },
      problem: (error) => this.#listeners.problem(error),
      degraded: (error) => {
        this.#listeners.degraded?.(error);
        this.#degraded(error);
      },
      reachedEnd: () => this.#listeners.reachedEnd?.(),
      failed: (error) => this.#failed(error),
    });
    const running = { thread, channel };
    this.#running = running;
    let crash: { readonly thrown: unknown } | null = null;
    thread.on('error', (thrown) => {
      crash = { thrown };
      this.#crashed(running, params, thrown);
    });
    const { codec, recipients, reduction } = params.options;
    this.#set({ ...STOPPED, state: 'starting', codec, recipients, reduction });
    try {
      await channel.request('start', params);
    } catch (thrown) {
      if (this.#restart !== null) return; // it crashed meanwhile, and is started again
      const { state, error: told } = this.#view;
      // it said why it failed, and its thread was ended for that
      if (state === 'failed' && told !== null && this.#running !== running) throw fromPlainError(told);
      await this.#end();
      const error = toPlainError(thrown);
      if (this.#wasRunning && error.retriable) {
        this.#listeners.problem(error); // Kafka or the bucket is down while a crashed thread starts again: that passes
        this.#launchLater(params, error);
        return;
      }
      this.#failed(error);
      throw thrown;
    }
    this.#wasRunning = true;
    if (this.#view.state === 'starting') this.#set({ ...this.#view, state: 'archiving' });
    this.#crashedMeanwhile(running, params, crash);
  }

  /** Answers when open segments are closed, uploaded and committed. */
  stop(): Promise<void> {
    this.#stopping ??= this.#drain().finally(() => (this.#stopping = null));
    return this.#stopping;
  }

  async #drain(): Promise<void> {
    const running = this.#running;
    if (running === null) {
      if (this.#restart !== null) await this.abandon();
      return;
    }
    this.#set({ ...this.#view, state: 'closing', reason: 'Uploading what was read' });
    try {
      await running.channel.request('stop', null);
      const archives = this.#uploads === 1 ? '1 archive' : `${this.#uploads.toLocaleString('en')} archives`;
      await this.#end();
      this.#set({
        ...STOPPED,
        reason: `Open segments closed, ${archives} uploaded since the start, offsets committed`,
      });
    } catch (thrown) {
      await this.#end();
      this.#failed(toPlainError(thrown));
    }
  }

  /** Reads nothing more until `resume`. @throws PermafrostError BUSY when it does not archive */
  async pause(): Promise<void> {
    await this.#archiving().request('pause', null);
    this.#set({
      ...this.#view,
      state: 'paused',
      reason: 'Paused: nothing is read; what was read is uploaded',
      error: null,
    });
  }

  /** @throws PermafrostError BUSY when it is not paused */
  async resume(): Promise<void> {
    await this.#archiving().request('resume', null);
    this.#set({ ...this.#view, state: 'archiving', reason: null, error: null });
  }

  #archiving(): Channel<ArchiverRequests> {
    const running = this.#running;
    if (running === null || this.#stopping !== null) {
      throw new PermafrostError('BUSY', 'Nothing is being archived now. Start archiving first.');
    }
    return running.channel;
  }

  /** Ends the thread at once: what is not in the bucket is read again at the next start. */
  async abandon(): Promise<void> {
    await this.#end();
    this.#set(STOPPED);
  }

  async #end(): Promise<void> {
    if (this.#restart !== null) clearTimeout(this.#restart);
    this.#restart = null;
    const running = this.#running;
    this.#running = null;
    await running?.thread.terminate();
  }

  #degraded(error: PlainError | null): void {
    if (this.#view.state === 'archiving' && error !== null) {
      this.#set({ ...this.#view, state: 'degraded', reason: error.message, error });
    } else if (this.#view.state === 'degraded' && error === null) {
      this.#set({ ...this.#view, state: 'archiving', reason: null, error: null });
    } else if (this.#view.state === 'closing') {
      this.#set({ ...this.#view, reason: error === null ? 'Uploading what was read' : error.message, error });
    }
  }

  #failed(error: PlainError): void {
    void this.#end();
    this.#listeners.problem(error);
    this.#set({ ...this.#view, state: 'failed', reason: error.message, error });
  }

  /** The answer of a thread may be read after its crash, on whose word alone nothing was done then. */
  #crashedMeanwhile(
    running: { readonly thread: Worker },
    params: ArchiverStart,
    crash: { readonly thrown: unknown } | null,
  ): void {
    if (crash !== null) this.#crashed(running, params, crash.thrown);
  }

  #crashed(running: { readonly thread: Worker }, params: ArchiverStart, thrown: unknown): void {
    if (this.#running?.thread !== running.thread || !this.#wasRunning) return; // before, who starts it is told
    this.#running = null;
    const waitMs = this.#restartWaitMs;
    const error = toPlainError(
      new PermafrostError(
        'INTERNAL',
        `The archiver's thread crashed: ${messageOf(thrown)}. It starts again in ${waitMs / 1_000} s; what was not in the bucket is read again.`,
        { cause: thrown },
      ),
    );
    this.#listeners.problem(error);
    this.#listeners.crashed?.();
    this.#launchLater(params, error);
  }

  get #restartWaitMs(): number {
    return Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** this.#crashes);
  }

  #launchLater(params: ArchiverStart, error: PlainError): void {
    if (this.#stopping !== null) return; // who stops it is told by the channel
    this.#set({ ...this.#view, state: 'degraded', reason: error.message, error });
    this.#restart = setTimeout(() => {
      this.#restart = null;
      void this.#launch(params).catch(() => undefined); // it has become the state "failed"
    }, this.#restartWaitMs);
    this.#crashes += 1;
  }

  #set(view: ArchiverView): void {
    this.#view = view;
    this.#listeners.view(view);
  }
}
