/**
 * The connection in use: brings it up, watches its topic, and takes it down. The sandbox is started when it is the one;
 * an own cluster that does not answer is tried again by itself.
 */
import { asPermafrostError, toPlainError, type PermafrostError } from '../../../shared/errors';
import type { Settings } from '../../../shared/model/settings';
import type { Connections } from '../../worker/connections';
import type { ConnectionBook } from '../connection-book';
import type { LiveBoard } from '../live-board';
import type { Place } from '../place';
import type { Threads } from '../threads';
import { PipelineHost } from './pipeline-host';
import { SandboxHost } from './sandbox-host';

export interface ConnectionParts {
  readonly dataDir: string;
  readonly settings: () => Settings;
  readonly connections: ConnectionBook;
  readonly place: () => Place;
  readonly threads: Threads;
  readonly board: LiveBoard;
}

const AGAIN_AFTER_MS = 15_000;
/** Of the log's ends and the archiver's offsets: the sandbox is at hand, other people's clusters are asked less often. */
const WATCH_EVERY_MS = { sandbox: 250, own: 1_000 } as const;

export class ConnectionInUse {
  readonly #parts: ConnectionParts;
  readonly #sandbox: SandboxHost;
  readonly #pipeline: PipelineHost;
  #sandboxConnections: Promise<Connections> | null = null;
  #again: NodeJS.Timeout | null = null;
  /** what a former start has to say is of no interest any more */
  #generation = 0;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { board } = parts;
    this.#sandbox = new SandboxHost((progress) => board.setConnection(progress));
    this.#pipeline = new PipelineHost({
      status: (report) => board.pipelineReported(report),
      problem: (error) => board.problem('pipeline', error, Date.now()),
    });
  }

  /** Where Kafka and the archives are; starts the sandbox when it is the one and does not run. @throws PermafrostError */
  connections(): Promise<Connections> {
    const { connections: book } = this.#parts;
    if (book.active === null) return this.#startSandbox();
    try {
      return Promise.resolve(book.connectionsOf(book.active));
    } catch (thrown) {
      return Promise.reject(asPermafrostError(thrown));
    }
  }

  /** Never throws: the board says what failed. */
  async start(): Promise<void> {
    const { board, threads, place } = this.#parts;
    const generation = ++this.#generation;
    const isOutdated = (): boolean => generation !== this.#generation;
    try {
      const connections = await this.connections();
      const { isSandbox } = place();
      if (isSandbox) await this.#ensureBucket();
      else board.setConnection({ ...addressesOf(connections), state: 'starting', problem: null });
      await this.#startPipeline();
      if (isOutdated()) return;
      if (!isSandbox) board.setConnection({ ...addressesOf(connections), state: 'running', problem: null });
      await threads.catalog.channel(); // loading it would be most of what the first look at a bucket takes
    } catch (thrown) {
      if (!isOutdated()) this.#failed(asPermafrostError(thrown));
    }
  }

  async stop(): Promise<void> {
    this.#generation += 1;
    if (this.#again !== null) clearTimeout(this.#again);
    this.#again = null;
    await this.#pipeline.stop();
    await this.#parts.threads.stop();
    await this.#sandbox.stop();
    this.#sandboxConnections = null;
    this.#parts.board.reset();
  }

  /** Another topic, or other groups. @throws PermafrostError KAFKA_* */
  async watchAgain(): Promise<void> {
    this.#parts.board.reset();
    await this.#startPipeline();
  }

  #startSandbox(): Promise<Connections> {
    const { dataDir, settings } = this.#parts;
    const { sandboxKafkaPort: kafkaPort, sandboxBucketPort: bucketPort } = settings();
    this.#sandboxConnections ??= this.#sandbox
      .start({ dataDir: `${dataDir}/sandbox`, kafkaPort, bucketPort })
      .catch((thrown: unknown) => {
        this.#sandboxConnections = null;
        throw thrown;
      });
    return this.#sandboxConnections;
  }

  async #startPipeline(): Promise<void> {
    const { isSandbox, topic, partitions, pipelineGroup: groupId, archiverGroup } = this.#parts.place();
    const { kafka } = await this.connections();
    const everyMs = isSandbox ? WATCH_EVERY_MS.sandbox : WATCH_EVERY_MS.own;
    await this.#pipeline.start({ kafka, groupId, topic, partitions, archiverGroup, everyMs });
  }

  #failed(error: PermafrostError): void {
    const { board, connections: book } = this.#parts;
    board.problem('connection', toPlainError(error), Date.now());
    if (book.active === null) return; // the sandbox has said so itself
    board.setConnection({
      state: 'failed',
      kafka: book.active.kafka.brokers[0] ?? null,
      bucketEndpoint: null,
      problem: toPlainError(error),
    });
    if (error.retriable) this.#again = setTimeout(() => void this.start(), AGAIN_AFTER_MS);
  }

  /** The sandbox has its bucket from the first start on. */
  async #ensureBucket(): Promise<void> {
    const { threads, settings } = this.#parts;
    const reader = await threads.reader.channel();
    const buckets = await reader.request('buckets', { always: null });
    if (buckets.length > 0) return;
    try {
      await reader.request('createBucket', { name: settings().bucket, location: 'EU', storageClass: 'NEARLINE' });
    } catch (thrown) {
      const error = asPermafrostError(thrown);
      if (error.code !== 'STORE_CONFLICT') throw error;
    }
  }
}

function addressesOf({ kafka, storage }: Connections) {
  return {
    kafka: kafka.brokers[0] ?? null,
    bucketEndpoint: storage.kind === 'folder' ? null : (storage.endpoint ?? null),
  };
}
