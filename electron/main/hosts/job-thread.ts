import type { Worker } from 'node:worker_threads';
import type { CatalogEvents, CatalogRequests } from '../../worker/catalog-protocol';
import { connect, type Channel } from '../../worker/channel';
import type { CheckerEvents, CheckerRequests } from '../../worker/checker-protocol';
import type { InspectorEvents, InspectorRequests } from '../../worker/inspector-protocol';
import type { JobProgress } from '../../worker/job-protocol';
import type { ReaderRequests } from '../../worker/reader-protocol';
import type { RestorerRequests } from '../../worker/restorer-protocol';
import type { SearcherRequests } from '../../worker/searcher-protocol';
import type { SenderRequests } from '../../worker/sender-protocol';
import type { VerifierRequests } from '../../worker/verifier-protocol';
import { startThread } from '../../worker/thread';

interface ThreadRequests {
  readonly catalog: CatalogRequests;
  readonly checker: CheckerRequests;
  readonly sender: SenderRequests;
  readonly reader: ReaderRequests;
  readonly restorer: RestorerRequests;
  readonly verifier: VerifierRequests;
  readonly searcher: SearcherRequests;
  readonly inspector: InspectorRequests;
}

interface SpecialEvents {
  readonly catalog: CatalogEvents;
  readonly checker: CheckerEvents;
  readonly inspector: InspectorEvents;
}

type ThreadEvents<Name extends keyof ThreadRequests> = Name extends keyof SpecialEvents
  ? SpecialEvents[Name]
  : { progress: JobProgress };

type Listeners<Events> = { readonly [Event in keyof Events]: (payload: Events[Event]) => void };

/** A thread that answers requests and tells of its jobs; one that has crashed is started anew. */
export class JobThread<Name extends keyof ThreadRequests> {
  readonly #name: Name;
  readonly #listeners: Listeners<ThreadEvents<Name>>;
  /** the first request to a new thread */
  readonly #prepare: (channel: Channel<ThreadRequests[Name]>) => Promise<unknown>;
  #running: { readonly thread: Worker; readonly ready: Promise<Channel<ThreadRequests[Name]>> } | null = null;

  constructor(
    name: Name,
    listeners: Listeners<ThreadEvents<Name>>,
    prepare: (channel: Channel<ThreadRequests[Name]>) => Promise<unknown>,
  ) {
    this.#name = name;
    this.#listeners = listeners;
    this.#prepare = prepare;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** The thread, started and prepared. */
  async channel(): Promise<Channel<ThreadRequests[Name]>> {
    this.#running ??= this.#start();
    const running = this.#running;
    try {
      return await running.ready;
    } catch (thrown) {
      if (this.#running === running) await this.stop();
      throw thrown;
    }
  }

  #start(): { readonly thread: Worker; readonly ready: Promise<Channel<ThreadRequests[Name]>> } {
    const thread = startThread(this.#name);
    const channel = connect<ThreadRequests[Name], ThreadEvents<Name>>(thread, this.#listeners);
    thread.on('error', () => {
      if (this.#running?.thread === thread) this.#running = null; // its open requests are refused by the channel
    });
    return { thread, ready: this.#prepare(channel).then(() => channel) };
  }

  /** Prepares a running thread again, when what it was prepared with has changed. */
  async refresh(): Promise<void> {
    if (this.#running === null) return;
    await this.#prepare(await this.#running.ready);
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.thread.terminate();
  }
}
