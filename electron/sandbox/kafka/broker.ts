/**
 * The sandbox Kafka broker: a single broker that speaks the Kafka protocol over TCP and keeps everything in a folder.
 *
 * What is served is in apis.ts, one file for each API. Whatever was answered is still there after a restart: records,
 * topics with their ids and settings, committed offsets, producer ids, transactions.
 * not implemented: replication, security, quotas, static membership, the consumer
 * group protocol of KIP-848.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { PermafrostError, messageOf } from '../../../shared/errors';
import type { BrokerState, Interceptor, TypedApi } from './api';
import { serveConnection } from './connection';
import { lockDataFolder } from '../data-folder-lock';
import { listen } from '../listen';
import { Groups } from './groups';
import { LogMaintenance } from './log-maintenance';
import { OffsetJournal } from './offset-journal';
import { ProducerIds } from './producer-ids';
import { readStateFile, replaceStateFile } from '../state-file';
import { Topics } from './topics';
import { Transactions } from './transactions';

export interface SandboxBrokerOptions {
  readonly dataDir: string;
  /** Where to listen, and what clients are told. Default 127.0.0.1. */
  readonly host?: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Made up and kept in the data folder if absent. It has effect when the folder is new. */
  readonly clusterId?: string;
  /** Whether asking for a topic makes it. Default true. */
  readonly autoCreateTopics?: boolean;
  /** Of topics that are made without a number of partitions. Default 1. */
  readonly defaultPartitions?: number;
  readonly clock?: () => number;
  /** How often it is looked what expires or can be compacted. Default 5 s. */
  readonly maintenanceEveryMs?: number;
  /** Told of defects of the broker itself; the connection they happened on is closed. Default: a process warning. */
  readonly onDefect?: (error: unknown) => void;
}

export interface SandboxBroker {
  readonly host: string;
  readonly port: number;
  readonly clusterId: string;
  /**
   * Takes over requests of one API: for tests of how clients cope with errors, lost answers, cut connections.
   * @returns a function that ends it
   */
  intercept<Request, Response>(
    api: TypedApi<Request, Response>,
    interceptor: Interceptor<Request, Response>,
  ): () => void;
  /**
   * Does now what the timer does in time, of one topic or of all: retention, and compaction of everything that was
   * written so far.
   */
  maintain(topic?: string): Promise<void>;
  /**
   * Loses the end of a partition's log, as an unclean election does: every batch that reaches beyond `offset`. The next
   * leader epoch begins.
   * @returns where the log ends now
   */
  truncate(topic: string, partition: number, offset: number): Promise<number>;
  /** Cuts all connections, waits until what is being written is on disk, and frees port and folder. */
  close(): Promise<void>;
}

const NODE_ID = 1;
const MAINTENANCE_EVERY_MS = 5_000;
const ClusterFile = z.strictObject({ version: z.literal(1), clusterId: z.string().min(1) });

/**
 * Starts a broker on a data folder, new or used before.
 * @throws PermafrostError PORT_TAKEN; SANDBOX_FAILED if the folder is in use, can't be written, or is damaged
 */
export async function startSandboxBroker(options: SandboxBrokerOptions): Promise<SandboxBroker> {
  const { host = '127.0.0.1', onDefect = warnOfDefect } = options;
  const sockets = new Set<Socket>();
  // Who connects before the logs are loaded waits for them.
  let serve: ((socket: Socket) => void) | undefined;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve?.(socket);
  });
  // First the port, then the folder: the lock names the port.
  const port = await listen(server, 'Kafka', host, options.port);
  server.on('error', onDefect);
  const closers = [() => closeServer(server, sockets)];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0)) await close();
  };
  try {
    const state = await openState({ ...options, onDefect }, host, port, closers);
    const { maintenanceEveryMs = MAINTENANCE_EVERY_MS } = options;
    const maintenance = new LogMaintenance(state.topics, state.clock, maintenanceEveryMs, onDefect);
    closers.splice(1, 0, () => maintenance.close());
    serve = (socket) => {
      serveConnection(socket, state, onDefect);
      socket.resume();
    };
    for (const socket of sockets) serve(socket);
    return {
      host,
      port,
      clusterId: state.clusterId,
      intercept: (api, interceptor) => api.intercept(state, interceptor),
      truncate: (topic, partition, offset) => state.topics.truncate(topic, partition, offset),
      maintain: (topic) => maintenance.run(topic),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw asSandboxFailure(error, options.dataDir);
  }
}

/** @param closers what has been opened, to be closed in this order */
async function openState(
  options: SandboxBrokerOptions & { readonly onDefect: (error: unknown) => void },
  host: string,
  port: number,
  closers: (() => Promise<void>)[],
): Promise<BrokerState> {
  const { dataDir, clusterId, autoCreateTopics = true, defaultPartitions = 1, clock = Date.now, onDefect } = options;
  await mkdir(dataDir, { recursive: true });
  const lock = await lockDataFolder(dataDir, { host, port });
  closers.push(() => lock.release());
  const keptClusterId = await loadClusterId(dataDir, clusterId);
  const topics = await Topics.load(dataDir);
  closers.splice(1, 0, () => topics.close());
  const groups = new Groups(await OffsetJournal.load(dataDir));
  closers.splice(1, 0, () => groups.close());
  const producerIds = await ProducerIds.load(dataDir);
  const parts = { topics, offsets: groups.offsets, producerIds, clock, onDefect };
  const transactions = await Transactions.load(dataDir, parts);
  closers.splice(1, 0, () => transactions.close());
  const settings = { autoCreateTopics, defaultPartitions, clock };
  const state = { topics, groups, producerIds, transactions };
  return { nodeId: NODE_ID, host, port, clusterId: keptClusterId, ...state, ...settings };
}

async function loadClusterId(dataDir: string, wanted: string | undefined): Promise<string> {
  const file = join(dataDir, 'cluster.json');
  const kept = await readStateFile(file, ClusterFile);
  if (kept !== undefined) return kept.clusterId;
  const clusterId = wanted ?? randomBytes(16).toString('base64url');
  await replaceStateFile(file, { version: 1, clusterId });
  return clusterId;
}

async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  for (const socket of sockets) socket.destroy();
  await closed;
}

function asSandboxFailure(error: unknown, dataDir: string): PermafrostError {
  if (error instanceof PermafrostError) return error;
  const message = `The sandbox Kafka cannot use its data folder ${dataDir}: ${messageOf(error)}.`;
  return new PermafrostError('SANDBOX_FAILED', message, { context: { dataDir }, cause: error });
}

function warnOfDefect(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
}
