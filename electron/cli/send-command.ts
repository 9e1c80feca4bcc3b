import { z } from 'zod';
import { topicName } from '../../shared/model/settings';
import { connectKafka } from '../engine/kafka/client';
import { KafkaProducer } from '../engine/kafka/producer';
import { breadcrumbs } from '../engine/send/breadcrumbs';
import { openJsonlFile } from '../engine/send/jsonl-file';
import { firstOf } from '../engine/send/record-source';
import { sendRecords, type SendOptions } from '../engine/send/sender';
import { parseFlags, untilAskedToEnd, UsageError, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';
import { brokerList, KAFKA_FLAGS, KAFKA_HELP, kafkaConnection, kafkaFlagsShape } from './kafka-flags';
import { createOutput } from './output';

const FLAGS = {
  ...KAFKA_FLAGS,
  topic: { type: 'string' },
  input: { type: 'string' },
  'key-field': { type: 'string' },
  count: { type: 'string' },
  rate: { type: 'string' },
  vehicles: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  brokers: brokerList,
  ...kafkaFlagsShape,
  topic: topicName,
  input: z.string().min(1).optional(),
  'key-field': z.string().min(1).default('VEHICLE_ID'),
  count: wholeNumber(1, 1e9).optional(),
  rate: wholeNumber(1, 1e6).optional(),
  vehicles: wholeNumber(1, 1_000).default(24),
  seed: wholeNumber(0, 4_294_967_295).default(1),
});

type SendFlags = z.infer<typeof schema>;

export const sendCommand: Command = {
  name: 'send',
  summary: 'Sends a JSONL file, or generated bus breadcrumbs, to a topic',
  help: `permafrost send --brokers HOST:PORT --topic NAME (--input FILE.jsonl | --count N)

${KAFKA_HELP}
  --topic NAME        must exist
  --input FILE        one message a line; every line is checked before the first is sent
  --key-field NAME    of a line's JSON, becomes the key; VEHICLE_ID
  --count N           generated breadcrumbs
  --rate N            messages a second; as fast as it goes
  --vehicles N        24
  --seed N            the same seed makes the same messages; 1
  --json              events as JSON lines

Ctrl-C ends it behind the batch that is under way.`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment);
    const output = createOutput(isJson);
    const signal = untilAskedToEnd();
    const { source, total, close } = await openSource(flags, signal);
    const producer = await KafkaProducer.connect(
      connectKafka(await kafkaConnection(flags.brokers, flags, environment)),
    );
    try {
      const { state, sent, last } = await sendRecords({
        topic: flags.topic,
        source,
        producer,
        total,
        ratePerSecond: flags.rate ?? null,
        signal,
      });
      const place = last === null ? null : { partition: last.partition, offset: last.offset.toString() };
      output.event('sent', { state, sent, last: place }, `${sent} of ${total} messages sent to ${flags.topic}`);
      return state === 'done' ? 0 : 1;
    } finally {
      await producer.close();
      await close();
    }
  },
};

async function openSource(
  { input, count, vehicles, seed, 'key-field': keyField }: SendFlags,
  signal: AbortSignal,
): Promise<{ readonly source: SendOptions['source']; readonly total: number; readonly close: () => Promise<void> }> {
  if ((input === undefined) === (count === undefined)) throw new UsageError('give --input or --count, one of them');
  if (input !== undefined) {
    const file = await openJsonlFile(input, { keyField, signal });
    return { source: file, total: file.messages, close: () => file.close() };
  }
  const total = count ?? 0;
  return { source: firstOf(total, breadcrumbs({ vehicles, seed })), total, close: () => Promise.resolve() };
}
