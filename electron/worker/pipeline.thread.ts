/** The pipeline group's thread, which also watches the ends of the topic's log. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { PermafrostError, toPlainError } from '../../shared/errors';
import { readCommitNote } from '../engine/archive/commit-note';
import { KafkaAdmin } from '../engine/kafka/admin';
import { connectKafka } from '../engine/kafka/client';
import { PipelineGroup } from '../engine/pipeline/pipeline-group';
import { serve } from './channel';
import type { PipelineReport, PipelineRequests, PipelineStart, PipelineThreadEvents } from './pipeline-protocol';

const STATUS_EVERY_MS = 250;

interface Running {
  readonly group: PipelineGroup;
  readonly admin: KafkaAdmin;
  readonly statusTimer: NodeJS.Timeout;
  readonly watch: AbortController;
}

let running: Running | null = null;

type Watched = Pick<PipelineReport, 'log' | 'archived'>;

async function start({ connections, groupId, topic, partitions, archiverGroup }: PipelineStart): Promise<null> {
  if (running !== null) throw new PermafrostError('BUSY', 'The pipeline group runs already.');
  const kafka = connectKafka(connections.kafka);
  const admin = await KafkaAdmin.connect(kafka);
  await admin.ensureTopic(topic, partitions);
  const group = await PipelineGroup.start({
    kafka,
    admin,
    groupId,
    topic,
    events: { problem: (error) => channel.emit('problem', toPlainError(error)) },
  });
  const watch = new AbortController();
  let watched: Watched = { log: null, archived: null };
  void watchTopic(admin, { topic, archiverGroup }, watch.signal, (seen) => (watched = seen));
  const statusTimer = setInterval(() => channel.emit('status', { ...group.status(), ...watched }), STATUS_EVERY_MS);
  running = { group, admin, statusTimer, watch };
  return null;
}

async function stop(): Promise<null> {
  if (running === null) return null;
  const { group, admin, statusTimer, watch } = running;
  running = null;
  clearInterval(statusTimer);
  watch.abort();
  await group.stop();
  await admin.close();
  return null;
}

async function watchTopic(
  admin: KafkaAdmin,
  { topic, archiverGroup }: { readonly topic: string; readonly archiverGroup: string },
  signal: AbortSignal,
  saw: (seen: Watched) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const [log, committed] = await Promise.all([admin.logRanges(topic), admin.committed(archiverGroup, topic)]);
      const archived = committed.map(({ partition, offset, metadata }) => {
        const note = readCommitNote(metadata);
        return { partition, offset, messages: note?.tally.offset === offset ? note.tally.messages : null };
      });
      saw({ log, archived });
    } catch (thrown) {
      saw({ log: null, archived: null });
      channel.emit('problem', toPlainError(thrown));
    }
    await sleep(STATUS_EVERY_MS);
  }
}

if (parentPort === null) throw new Error('The pipeline group runs in a worker thread');
const handlers: PipelineRequests = { start, stop };
const channel = serve<PipelineThreadEvents>(parentPort, handlers);
