/** The archiver's thread: reads, encodes, compresses, encrypts and uploads, away from the main process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { asPermafrostError, PermafrostError, toPlainError } from '../../shared/errors';
import type { UploadView } from '../../shared/model/live';
import { Archiver } from '../engine/archive/archiver';
import type { ClosedSegment } from '../engine/archive/open-segment';
import { logEnds, untilArchived, type LogEnd } from '../engine/archive/until-end';
import type { UploadOutcome } from '../engine/archive/upload';
import { connectKafka } from '../engine/kafka/client';
import type { Kafka } from '../engine/kafka/kafkajs-types';
import { parseRecipient } from '../engine/keys/recipient';
import { openStore } from '../engine/store/open-store';
import type { ArchiverRequests, ArchiverStart, ArchiverThreadEvents } from './archiver-protocol';
import { serve } from './channel';

const STATUS_EVERY_MS = 250;
const END_AGAIN_MS = 500;
/** of one that ends at the log's end: what it has to commit there is not to wait for messages */
const UNTIL_END_FETCH_WAIT_MS = 10;

let archiver: Archiver | null = null;
let starting: Promise<unknown> | null = null;
let statusTimer: NodeJS.Timeout | null = null;
let running = new AbortController();

function start(params: ArchiverStart): Promise<null> {
  if (archiver !== null || starting !== null) {
    throw new PermafrostError('BUSY', 'Archiving runs already. Stop it first.');
  }
  const begun = begin(params).finally(() => (starting = null));
  starting = begun;
  return begun;
}

async function begin(params: ArchiverStart): Promise<null> {
  const kafka = connectKafka(params.kafka);
  const options = { ...params.options, recipients: params.options.recipients.map(parseRecipient) };
  const opening = openStore(params.store); // loads while Kafka answers
  opening.catch(() => undefined); // awaited below, perhaps after Kafka failed
  const ends = params.untilEnd ? await logEnds(kafka, options.topics) : null;
  running = new AbortController();
  const started = await Archiver.start({
    kafka,
    store: await opening,
    options,
    clock: { now: () => Date.now() },
    ...(params.untilEnd ? { fetchWaitMs: UNTIL_END_FETCH_WAIT_MS } : {}),
    events: {
      uploaded: (closed, outcome) => channel.emit('uploaded', uploadView(closed, outcome)),
      problem: (error) => channel.emit('problem', toPlainError(error)),
      degraded: (error) => channel.emit('degraded', error === null ? null : toPlainError(error)),
      failed,
    },
  });
  archiver = started;
  statusTimer = setInterval(report, STATUS_EVERY_MS);
  if (ends !== null) {
    watchForEnd(started, ends, kafka, options.groupId).catch((thrown: unknown) => failed(asPermafrostError(thrown)));
  }
  return null;
}

/** Tells again and again, since partitions of another member may come to this one. */
async function watchForEnd(watched: Archiver, ends: readonly LogEnd[], kafka: Kafka, groupId: string): Promise<void> {
  const { signal } = running;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      await untilArchived(watched, ends, { kafka, groupId, signal });
    } catch (thrown) {
      await watched.stop(); // what was read is uploaded all the same
      throw thrown;
    }
    if (!isOver()) channel.emit('reachedEnd', null);
    await sleep(END_AGAIN_MS);
  }
}

/** One that is still joining its group is let do so: a member that vanished would keep its partitions from the others. */
async function stop(): Promise<null> {
  await starting?.catch(() => undefined); // told to who asked for the start
  running.abort();
  await archiver?.stop();
  report();
  over();
  return null;
}

function failed(error: PermafrostError): void {
  over();
  channel.emit('failed', toPlainError(error));
}

function over(): void {
  running.abort();
  if (statusTimer !== null) clearInterval(statusTimer);
  statusTimer = null;
  archiver = null;
}

function pause(): null {
  archiver?.pause();
  return null;
}

function resume(): null {
  archiver?.resume();
  return null;
}

function report(): void {
  if (archiver !== null) channel.emit('status', archiver.status());
}

function uploadView(
  { segment, coverage }: ClosedSegment,
  { object, adopted }: UploadOutcome & { readonly kind: 'stored' },
): UploadView {
  return {
    at: Date.now(),
    object: object.name,
    topic: coverage.topic,
    partition: coverage.partition,
    firstOffset: coverage.firstOffset.toString(),
    nextOffset: coverage.nextOffset.toString(),
    records: coverage.records,
    gap: coverage.gap,
    corrupt: coverage.corrupt,
    dropped: coverage.dropped,
    reduction: coverage.reduction,
    rawBytes: segment.rawBytes,
    encodedBytes: segment.encodedBytes,
    compressedBytes: segment.compressedBytes,
    storedBytes: segment.storedBytes,
    recipients: segment.recipients,
    crc32cMatches: object.crc32c === segment.crc32c,
    adopted,
  };
}

if (parentPort === null) throw new Error('The archiver runs in a worker thread');
const handlers: ArchiverRequests = { start, stop, pause, resume };
const channel = serve<ArchiverThreadEvents>(parentPort, handlers);
