import { z } from 'zod';
import type { CheckStep } from '../../shared/model/connection';
import { topicName } from '../../shared/model/settings';
import { checkKafka } from '../engine/check/check-kafka';
import { checkStore } from '../engine/check/check-store';
import { parseFlags, UsageError, type Flags } from './arguments';
import type { Command } from './command';
import { brokerList, KAFKA_FLAGS, KAFKA_HELP, kafkaConnection, kafkaFlagsShape } from './kafka-flags';
import { createOutput } from './output';
import { PLACE_FLAGS, PLACE_HELP, placeFlagsShape, storePlace } from './place-flags';
import { flagsOfSettings } from './settings-flags';

const FLAGS = {
  ...KAFKA_FLAGS,
  ...PLACE_FLAGS,
  topic: { type: 'string', multiple: true },
  group: { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  ...kafkaFlagsShape,
  ...placeFlagsShape,
  brokers: brokerList.optional(),
  topic: z.array(topicName).default([]),
  group: z.string().min(1).default('archiver'),
});

const MARKS: Readonly<Record<CheckStep['result'], string>> = {
  ok: 'ok      ',
  warning: 'warning ',
  failed: 'FAILED  ',
  skipped: 'skipped ',
};

export const checkCommand: Command = {
  name: 'check',
  summary: 'Tells step by step whether Kafka and the bucket can be reached and used; changes nothing',
  help: `permafrost check [--brokers HOST:PORT [--topic NAME] [--group NAME]] [--bucket NAME | --folder DIR]

Kafka: resolves the names, connects, shows the certificate, logs in, describes the topics and reads the archiver's group. The
bucket or folder: lists it, and asks what the account may do; that it may delete is a warning, since nothing needs it.

${KAFKA_HELP}
  --topic NAME          repeatable
  --group NAME          of the archiver; archiver
${PLACE_HELP}
  --settings FILE       what no flag says
  --json                a step a line

Exit codes: 0 all of it works; 1 something does not; 2 called wrongly.`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings });
    const { brokers, bucket, folder } = flags;
    const hasPlace = bucket !== undefined || folder !== undefined;
    if (brokers === undefined && !hasPlace)
      throw new UsageError('--brokers, --bucket or --folder is needed: what to check');
    const kafka = brokers === undefined ? null : await kafkaConnection(brokers, flags, environment, 'permafrost-check');
    const place = hasPlace ? storePlace(flags, environment) : null;
    const output = createOutput(isJson);
    const tell = ({ name, result, said, code }: CheckStep): void =>
      output.event('step', { name, result, said, code }, `${MARKS[result]}${name}: ${said}`);
    const isKafkaFine =
      kafka === null || (await checkKafka({ kafka, topics: flags.topic, groupId: flags.group }, tell));
    const isStoreFine = place === null || (await checkStore(place, flags.prefix, tell));
    return isKafkaFine && isStoreFine ? 0 : 1;
  },
};
