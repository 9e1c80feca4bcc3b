import { fromPlainError, PermafrostError, toPlainError } from '../../../shared/errors';
import type { SandboxMessage, SandboxOptions } from '../../sandbox/sandbox.thread';
import type { Connections } from '../../worker/connections';
import type { ConnectionProgress } from '../live-board';
import { startThread } from '../../worker/thread';
import type { Worker } from 'node:worker_threads';

/** The built-in Kafka broker and bucket, in a thread of their own. */
export class SandboxHost {
  readonly #changed: (view: ConnectionProgress) => void;
  #thread: Worker | null = null;
  #view: ConnectionProgress = { state: 'starting', kafka: null, bucketEndpoint: null, problem: null };

  constructor(changed: (view: ConnectionProgress) => void) {
    this.#changed = changed;
  }

  get view(): ConnectionProgress {
    return this.#view;
  }

  /** @throws PermafrostError PORT_TAKEN, SANDBOX_FAILED */
  async start(options: SandboxOptions): Promise<Connections> {
    this.#set({ state: 'starting', kafka: null, bucketEndpoint: null, problem: null });
    try {
      const { kafka, bucketEndpoint } = await this.#launch(options);
      this.#set({ state: 'running', kafka, bucketEndpoint, problem: null });
      return {
        kafka: { brokers: [kafka], clientId: 'permafrost' },
        storage: { kind: 'cloud-storage', endpoint: bucketEndpoint, projectId: 'sandbox' },
      };
    } catch (thrown) {
      this.#failed(thrown);
      throw thrown;
    }
  }

  #launch(options: SandboxOptions): Promise<{ readonly kafka: string; readonly bucketEndpoint: string }> {
    const thread = startThread('sandbox', options);
    this.#thread = thread;
    return new Promise((resolve, reject) => {
      thread.on('message', (message: SandboxMessage) => {
        if (message.kind === 'running') resolve(message);
        else if (message.kind === 'failed') reject(fromPlainError(message.error));
      });
      thread.on('error', (thrown) => {
        reject(sandboxFailed(thrown));
        this.#failed(sandboxFailed(thrown));
      });
      thread.on('exit', (code) => {
        reject(sandboxFailed(new Error(`it ended with code ${code}`)));
        if (this.#thread === thread) this.#failed(sandboxFailed(new Error(`it ended with code ${code}`)));
      });
    });
  }

  async stop(): Promise<void> {
    const thread = this.#thread;
    if (thread === null) return;
    this.#thread = null;
    if (this.#view.state === 'running') {
      const closed = new Promise<void>((resolve) => thread.once('message', () => resolve()));
      const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      thread.postMessage({ kind: 'close' });
      await Promise.race([closed, ended]);
    }
    await thread.terminate();
  }

  #failed(thrown: unknown): void {
    this.#set({ state: 'failed', kafka: null, bucketEndpoint: null, problem: toPlainError(thrown) });
  }

  #set(view: ConnectionProgress): void {
    this.#view = view;
    this.#changed(view);
  }
}

function sandboxFailed(thrown: unknown): PermafrostError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new PermafrostError('SANDBOX_FAILED', `The sandbox has stopped: ${reason}. Try again to start it anew.`, {
    cause: thrown,
  });
}
