/** The pipeline group's thread, which also watches the ends of the topic's log. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { asPermafrostError, PermafrostError, toPlainError } from '../../shared/errors';
import { readCommitNote } from '../engine/archive/commit-note';
import { KafkaAdmin } from '../engine/kafka/admin';
import { connectKafka } from '../engine/kafka/client';
import type { Kafka } from '../engine/kafka/kafkajs-types';
import { PipelineGroup, type PipelineStatus } from '../engine/pipeline/pipeline-group';
import { serve } from './channel';
import type { PipelineReport, PipelineRequests, PipelineStart, PipelineThreadEvents } from './pipeline-protocol';

const STATUS_EVERY_MS = 250;
/** After a question that failed: it would fail again at once. */
const AGAIN_AFTER_MS = 5_000;

interface Running {
  readonly admin: KafkaAdmin;
  readonly watch: AbortController;
  readonly group: PipelineGroup | null;
  readonly statusTimer: NodeJS.Timeout | null;
}

let running: Running | null = null;

type Watched = Pick<PipelineReport, 'log' | 'archived'>;

const NOBODY: PipelineStatus = { partitions: [], latest: [] };

async function start({ topic, ...params }: PipelineStart): Promise<null> {
  if (running !== null) throw new PermafrostError('BUSY', 'The pipeline group runs already.');
  const admin = await KafkaAdmin.connect(connectKafka(params.kafka));
  await admin.describe();
  running =
    topic === null
      ? { admin, watch: new AbortController(), group: null, statusTimer: null }
      : await watchWith(admin, { ...params, topic });
  return null;
}

async function watchWith(
  admin: KafkaAdmin,
  { kafka, groupId, topic, partitions, archiverGroup, everyMs }: PipelineStart & { readonly topic: string },
): Promise<Running> {
  if (partitions !== null) await admin.ensureTopic(topic, partitions);
  const group = groupId === null ? null : await readAlong(connectKafka(kafka), admin, groupId, topic);
  const watch = new AbortController();
  let watched: Watched = { log: null, archived: null };
  void watchTopic(admin, { topic, archiverGroup, everyMs }, watch.signal, (seen) => (watched = seen));
  const statusTimer = setInterval(
    () => channel.emit('status', { ...(group?.status() ?? NOBODY), ...watched }),
    STATUS_EVERY_MS,
  );
  return { admin, watch, group, statusTimer };
}

/** @returns null when it may not: the problem is told, and archiving goes without */
async function readAlong(
  kafka: Kafka,
  admin: KafkaAdmin,
  groupId: string,
  topic: string,
): Promise<PipelineGroup | null> {
  const problem = (error: PermafrostError): void => channel.emit('problem', toPlainError(error));
  try {
    return await PipelineGroup.start({ kafka, admin, groupId, topic, events: { problem } });
  } catch (thrown) {
    problem(asPermafrostError(thrown));
    return null;
  }
}

async function stop(): Promise<null> {
  if (running === null) return null;
  const { group, admin, statusTimer, watch } = running;
  running = null;
  if (statusTimer !== null) clearInterval(statusTimer);
  watch.abort();
  await group?.stop();
  await admin.close();
  return null;
}

async function watchTopic(
  admin: KafkaAdmin,
  { topic, archiverGroup, everyMs }: Pick<PipelineStart, 'archiverGroup' | 'everyMs'> & { readonly topic: string },
  signal: AbortSignal,
  saw: (seen: Watched) => void,
): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    let waitMs = everyMs;
    try {
      const [log, committed] = await Promise.all([admin.logRanges(topic), admin.committed(archiverGroup, topic)]);
      const archived = committed.map(({ partition, offset, metadata }) => {
        const note = readCommitNote(metadata);
        return { partition, offset, messages: note?.tally.offset === offset ? note.tally.messages : null };
      });
      saw({ log, archived });
    } catch (thrown) {
      if (isOver()) return;
      saw({ log: null, archived: null });
      channel.emit('problem', toPlainError(thrown));
      waitMs = AGAIN_AFTER_MS;
    }
    await sleep(waitMs, undefined, { signal }).catch((): void => undefined); // over
  }
}

if (parentPort === null) throw new Error('The pipeline group runs in a worker thread');
const handlers: PipelineRequests = { start, stop };
const channel = serve<PipelineThreadEvents>(parentPort, handlers);
