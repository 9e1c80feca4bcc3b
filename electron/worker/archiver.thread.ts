/** The archiver's thread: reads, encodes, compresses, encrypts and uploads, away from the main process. */
import { parentPort } from 'node:worker_threads';
import { PermafrostError, toPlainError } from '../../shared/errors';
import type { UploadView } from '../../shared/model/live';
import { Archiver } from '../engine/archive/archiver';
import type { ClosedSegment } from '../engine/archive/open-segment';
import { TOPIC_CHECK_MS } from '../engine/archive/topic-watch';
import type { UploadOutcome } from '../engine/archive/upload';
import { connectKafka } from '../engine/kafka/client';
import { DEFAULT_SESSION_TIMEOUT_MS } from '../engine/kafka/raw-consumer';
import { parseRecipient } from '../engine/keys/recipient';
import { connectCloudStorage } from '../engine/store/cloud-storage';
import type { ArchiverRequests, ArchiverStart, ArchiverThreadEvents } from './archiver-protocol';
import { serve } from './channel';

const STATUS_EVERY_MS = 250;

let archiver: Archiver | null = null;
let statusTimer: NodeJS.Timeout | null = null;

async function start(params: ArchiverStart): Promise<null> {
  if (archiver !== null) throw new PermafrostError('BUSY', 'Archiving runs already. Stop it first.');
  const { connections, bucket, prefix, codec, level, groupId, topics, limits, maxHeldBytes } = params;
  archiver = await Archiver.start({
    kafka: connectKafka(connections.kafka),
    store: connectCloudStorage(connections.storage).bucket(bucket),
    options: {
      groupId,
      topics: { names: topics, patterns: [] },
      start: 'earliest',
      prefix,
      codec,
      level,
      recipients: params.recipients.map(parseRecipient),
      storageClass: null,
      limits,
      maxHeldBytes,
      sessionTimeoutMs: DEFAULT_SESSION_TIMEOUT_MS,
      topicCheckMs: TOPIC_CHECK_MS,
    },
    clock: { now: () => Date.now() },
    events: {
      uploaded: (closed, outcome) => channel.emit('uploaded', uploadView(closed, outcome)),
      problem: (error) => channel.emit('problem', toPlainError(error)),
      degraded: (error) => channel.emit('degraded', error === null ? null : toPlainError(error)),
      failed: (error) => {
        over();
        channel.emit('failed', toPlainError(error));
      },
    },
  });
  statusTimer = setInterval(report, STATUS_EVERY_MS);
  return null;
}

async function stop(): Promise<null> {
  await archiver?.stop();
  report();
  over();
  return null;
}

function over(): void {
  if (statusTimer !== null) clearInterval(statusTimer);
  statusTimer = null;
  archiver = null;
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
const handlers: ArchiverRequests = { start, stop };
const channel = serve<ArchiverThreadEvents>(parentPort, handlers);
