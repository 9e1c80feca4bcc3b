import { z } from 'zod';
import { topicName } from '../../shared/model/settings';
import type { ListedTopic, TopicsView } from '../../shared/model/topic';
import type { TopicChoice } from '../../shared/model/topic-choice';
import { timeText, topicWarnings, type TopicWarning } from '../../shared/model/topic-warnings';
import { lookAtTopics } from '../engine/archive/topics-overview';
import { connectKafka, type KafkaConnection } from '../engine/kafka/client';
import { connectForQuestions } from '../engine/kafka/questions';
import { parseFlags, timeSpan, type Flags } from './arguments';
import type { Command } from './command';
import { brokerList, KAFKA_FLAGS, KAFKA_HELP, kafkaConnection, kafkaFlagsShape } from './kafka-flags';
import { createOutput, type Output } from './output';
import { flagsOfSettings } from './settings-flags';
import { textTable } from './text-table';
import { bytesText } from './texts';

const FLAGS = {
  ...KAFKA_FLAGS,
  topic: { type: 'string', multiple: true },
  'topic-pattern': { type: 'string', multiple: true },
  group: { type: 'string' },
  'max-age': { type: 'string' },
  internal: { type: 'boolean' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  ...kafkaFlagsShape,
  brokers: brokerList,
  topic: z.array(topicName).default([]),
  'topic-pattern': z.array(z.string().min(1)).default([]),
  group: z.string().min(1).default('archiver'),
  'max-age': timeSpan.default(30_000),
  internal: z.boolean().default(false),
});

export const topicsCommand: Command = {
  name: 'topics',
  summary:
    'Lists topics, how long Kafka keeps them and how far the archiver is behind; warns of what is lost or will be',
  help: `permafrost topics --brokers HOST:PORT [--topic NAME] [--topic-pattern RE] [--group NAME]

${KAFKA_HELP}
  --topic NAME          repeatable; all that this user may see
  --topic-pattern RE    repeatable: topics whose whole name matches a regular expression
  --group NAME          of the archiver, whose lag is told; archiver
  --max-age TIME        how long the archiver keeps an archive open; 30s
  --internal            also Kafka's own topics
  --settings FILE       what no flag says
  --json                one object a line

Sizes are of the leaders' logs. Lag is the records (offsets) that are not archived yet, and the age of the oldest one.
Exit codes: 0 done, also with warnings; 1 failed, or a topic is not there; 2 called wrongly.`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings });
    const kafka = await kafkaConnection(flags.brokers, flags, environment, 'permafrost-topics');
    const named = { names: flags.topic, patterns: flags['topic-pattern'] };
    const isAll = named.names.length + named.patterns.length === 0;
    const choice = isAll ? { names: [], patterns: ['.*'] } : named;
    const view = await ask(kafka, flags.group, choice);
    const listed = view.topics.filter(({ chosen, isInternal }) => chosen !== null || (flags.internal && isInternal));
    tell(createOutput(isJson), isJson, view, listed, flags['max-age']);
    return view.missing.length === 0 ? 0 : 1;
  },
};

async function ask(connection: KafkaConnection, groupId: string, choice: TopicChoice): Promise<TopicsView> {
  const questions = await connectForQuestions(connectKafka(connection));
  try {
    return await lookAtTopics(questions, { groupId, choice }, Date.now());
  } finally {
    await questions.close();
  }
}

function tell(
  output: Output,
  isJson: boolean,
  view: TopicsView,
  listed: readonly ListedTopic[],
  maxSegmentAgeMs: number,
): void {
  if (isJson) for (const topic of listed) output.event('topic', { ...topic }, '');
  else if (listed.length > 0) output.event('topics', {}, topicTable(listed));
  for (const topic of listed) {
    for (const warning of topicWarnings(topic, topic.lag, maxSegmentAgeMs)) {
      output.event('warning', { topic: topic.name, ...warning }, warningText(warning));
    }
  }
  for (const name of view.missing) {
    const sentence = `There is no topic ${name}, or this user may not describe it. Check its name and the user's rights.`;
    output.event('missing', { topic: name, sentence }, sentence);
  }
  const unknown: readonly (readonly [string, string | null])[] = [
    ['Sizes', view.sizesUnknownBecause],
    ['Lags', view.lagUnknownBecause],
  ];
  for (const [what, why] of unknown) {
    if (why !== null) output.event('unknown', { what: what.toLowerCase(), why }, `${what} are not known: ${why}`);
  }
  const { clusterId, groupId } = view;
  const count = `${listed.length.toLocaleString('en')} topic${listed.length === 1 ? '' : 's'}`;
  output.event('listed', { topics: listed.length, clusterId, groupId }, `${count} of cluster ${clusterId}`);
}

const MARKS: Readonly<Record<TopicWarning['severity'], string>> = {
  danger: 'LOSING  ',
  warning: 'warning ',
  note: 'note    ',
};

function warningText({ severity, sentence }: TopicWarning): string {
  return `${MARKS[severity]}${sentence}`;
}

function topicTable(topics: readonly ListedTopic[]): string {
  return textTable(
    ['topic', '>partitions', '>replicas', '>size', 'retention', 'cleanup', '>lag', '>behind'],
    topics.map(({ name, partitions, replication, sizeBytes, keeping, lag }) => [
      name,
      partitions.toLocaleString('en'),
      String(replication),
      sizeBytes === null ? '-' : bytesText(sizeBytes),
      retentionText(keeping),
      keeping?.cleanup ?? '-',
      lag === null ? '-' : lag.records.toLocaleString('en'),
      lag?.behindMs == null ? '-' : timeText(lag.behindMs),
    ]),
  );
}

function retentionText(keeping: ListedTopic['keeping']): string {
  if (keeping === null) return 'unknown';
  const { cleanup, retentionMs, retentionBytes } = keeping;
  if (!cleanup.includes('delete')) return 'for ever';
  const limits = [
    ...(retentionMs === null ? [] : [timeText(retentionMs)]),
    ...(retentionBytes === null ? [] : [`${bytesText(retentionBytes)} a partition`]),
  ];
  return limits.length === 0 ? 'for ever' : limits.join(', ');
}
