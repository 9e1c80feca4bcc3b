import type { Worker } from 'node:worker_threads';
import { toPlainError, type PlainError } from '../../../shared/errors';
import { connect, type Channel } from '../../worker/channel';
import type {
  PipelineReport,
  PipelineRequests,
  PipelineStart,
  PipelineThreadEvents,
} from '../../worker/pipeline-protocol';
import { startThread } from '../../worker/thread';

export interface PipelineListeners {
  status(report: PipelineReport): void;
  problem(error: PlainError): void;
}

/** The pipeline group runs as long as the app does. */
export class PipelineHost {
  readonly #listeners: PipelineListeners;
  #running: { readonly thread: Worker; readonly channel: Channel<PipelineRequests> } | null = null;

  constructor(listeners: PipelineListeners) {
    this.#listeners = listeners;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  async start(params: PipelineStart): Promise<void> {
    await this.stop();
    const thread = startThread('pipeline');
    const channel = connect<PipelineRequests, PipelineThreadEvents>(thread, {
      status: (report) => this.#listeners.status(report),
      problem: (error) => this.#listeners.problem(error),
    });
    this.#running = { thread, channel };
    thread.on('error', (thrown) => {
      if (this.#running?.thread !== thread) return;
      this.#running = null;
      this.#listeners.problem(toPlainError(thrown));
    });
    await channel.request('start', params);
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    try {
      await running.channel.request('stop', null);
    } catch (thrown) {
      this.#listeners.problem(toPlainError(thrown));
    }
    await running.thread.terminate();
  }
}
