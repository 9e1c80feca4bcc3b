/** The sender's thread: one message, a generator, or a file, into a topic. */
import { parentPort } from 'node:worker_threads';
import { PermafrostError } from '../../shared/errors';
import type { SentMessage } from '../../shared/ipc/contract';
import { connectKafka } from '../engine/kafka/client';
import { KafkaProducer } from '../engine/kafka/producer';
import { breadcrumbs } from '../engine/send/breadcrumbs';
import { openJsonlFile } from '../engine/send/jsonl-file';
import { firstOf, type RecordSource } from '../engine/send/record-source';
import { sendRecords, type SendResult } from '../engine/send/sender';
import { serve } from './channel';
import { RunningJobs, type JobOutcome } from './job-protocol';
import type { SenderEvents, SenderRequests } from './sender-protocol';

const jobs = new RunningJobs();
let producer: KafkaProducer | null = null;

const handlers: SenderRequests = {
  connect: async ({ connections }) => {
    await producer?.close();
    producer = await KafkaProducer.connect(connectKafka(connections.kafka));
    return null;
  },

  message: async ({ topic, partition, key, value, headers }): Promise<SentMessage> => {
    const [acknowledged] = await connected().send(topic, [
      {
        key: key === null ? null : Buffer.from(key, 'utf8'),
        value: value === null ? null : Buffer.from(value, 'utf8'),
        headers: headers.map((header) => [header.name, Buffer.from(header.value, 'utf8')] as const),
        timestamp: Date.now(),
        ...(partition === null ? {} : { partition }),
      },
    ]);
    if (acknowledged === undefined) throw new PermafrostError('INTERNAL', 'The broker acknowledged nothing.');
    return { topic, partition: acknowledged.partition, offset: acknowledged.firstOffset.toString() };
  },

  generate: ({ jobId, topic, count, ratePerSecond, vehicles, seed }) =>
    jobs.run(jobId, (signal) => {
      const source = firstOf(count, breadcrumbs({ vehicles, seed }));
      return send(jobId, { topic, source, total: count, ratePerSecond, signal });
    }),

  file: ({ jobId, topic, path }) =>
    jobs.run(jobId, async (signal) => {
      const file = await openJsonlFile(path, { keyField: 'VEHICLE_ID', signal });
      try {
        return await send(jobId, { topic, source: file, total: file.messages, ratePerSecond: null, signal });
      } finally {
        await file.close();
      }
    }),

  cancel: ({ jobId }) => {
    jobs.cancel(jobId);
    return null;
  },

  disconnect: async () => {
    await producer?.close();
    producer = null;
    return null;
  },
};

interface Sending {
  readonly topic: string;
  readonly source: RecordSource;
  readonly total: number;
  readonly ratePerSecond: number | null;
  readonly signal: AbortSignal;
}

async function send(jobId: string, sending: Sending): Promise<JobOutcome> {
  const result = await sendRecords({
    ...sending,
    producer: connected(),
    onProgress: (progress) => channel.emit('progress', { jobId, ...progress }),
  });
  return { state: result.state, done: result.sent, result: sentence(sending, result) };
}

function sentence({ topic, total }: Sending, { state, sent, last }: SendResult): string {
  const messages = sent === 1 ? '1 message' : `${sent.toLocaleString('en')} messages`;
  const place = last === null ? '' : `, the last at partition ${last.partition}, offset ${last.offset}`;
  if (state === 'done') return `${messages} sent to ${topic}${place}`;
  return `Cancelled: ${messages} of ${total.toLocaleString('en')} sent to ${topic}${place}`;
}

function connected(): KafkaProducer {
  if (producer === null) throw new PermafrostError('INTERNAL', 'The sender is not connected.');
  return producer;
}

if (parentPort === null) throw new Error('The sender runs in a worker thread');
const channel = serve<SenderEvents>(parentPort, handlers);
