/**
 * The connection in use: brings it up, watches its topic, and takes it down. The sandbox is started when it is the one;
 * an own cluster that does not answer is tried again by itself.
 */
import { asPermafrostError, toPlainError, type PermafrostError } from '../../../shared/errors';
import type { Connection, Secrets } from '../../../shared/model/connection';
import type { Settings } from '../../../shared/model/settings';
import type { Connections } from '../../worker/connections';
import type { LiveBoard } from '../live-board';
import { connectionsOf } from '../own-connections';
import type { Place } from '../place';
import type { Threads } from '../threads';
import { PipelineHost } from './pipeline-host';
import { SandboxHost } from './sandbox-host';

export interface OwnConnection {
  readonly connection: Connection;
  readonly secrets: Secrets;
}

export interface ConnectionParts {
  readonly dataDir: string;
  readonly settings: () => Settings;
  /** null: the sandbox is in use */
  readonly own: () => OwnConnection | null;
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
    const own = this.#parts.own();
    if (own === null) return this.#startSandbox();
    try {
      return Promise.resolve(connectionsOf(own.connection, own.secrets));
    } catch (thrown) {
      return Promise.reject(asPermafrostError(thrown));
    }
  }

  /** Never throws: the board says what failed. */
  async start(): Promise<void> {
    const { board, threads } = this.#parts;
    try {
      const connections = await this.connections();
      const { isSandbox } = this.#parts.place();
      if (isSandbox) await this.#ensureBucket();
      else board.setConnection({ ...addressesOf(connections), state: 'starting', problem: null });
      await this.#startPipeline();
      if (!isSandbox) board.setConnection({ ...addressesOf(connections), state: 'running', problem: null });
      await threads.catalog.channel(); // loading it would be most of what the first look at a bucket takes
    } catch (thrown) {
      this.#failed(asPermafrostError(thrown));
    }
  }

  async stop(): Promise<void> {
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
    const { board, own } = this.#parts;
    board.problem('connection', toPlainError(error), Date.now());
    if (own() === null) return; // the sandbox has said so itself
    const { brokers } = own()?.connection.kafka ?? { brokers: [] };
    board.setConnection({
      state: 'failed',
      kafka: brokers[0] ?? null,
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
