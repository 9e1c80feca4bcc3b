import { z } from 'zod';
import { archiveStart, topicName } from '../../shared/model/settings';
import {
  DEFAULT_MAX_HELD_BYTES,
  DEFAULT_SESSION_TIMEOUT_MS,
  DEFAULT_SNAPSHOT_EVERY_MS,
  DEFAULT_TOPIC_CHECK_MS,
} from '../engine/archive/options';
import { startOf } from '../engine/archive/start-choice';
import type { ArchiverStart } from '../worker/archiver-protocol';
import { ArchiveWorkers, MAX_WORKERS } from './archive-workers';
import { aborted, parseFlags, timeSpan, untilAskedToEnd, UsageError, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';
import { brokerList, KAFKA_FLAGS, KAFKA_HELP, kafkaConnection, kafkaFlagsShape } from './kafka-flags';
import { createOutput, type Output } from './output';
import { PLACE_FLAGS, PLACE_HELP, placeFlagsShape, placeText, storePlace } from './place-flags';
import { flagsOfSettings, SETTINGS_HELP } from './settings-flags';
import { REDUCTION_HELP } from './reduction-flags';
import { WRITING_FLAGS, WRITING_HELP, writingFlagsShape, writingOptions } from './writing-flags';

const FLAGS = {
  settings: { type: 'string' },
  ...KAFKA_FLAGS,
  topic: { type: 'string', multiple: true },
  'topic-pattern': { type: 'string', multiple: true },
  from: { type: 'string' },
  group: { type: 'string' },
  ...PLACE_FLAGS,
  ...WRITING_FLAGS,
  'max-age': { type: 'string' },
  workers: { type: 'string' },
  'session-timeout': { type: 'string' },
  'until-end': { type: 'boolean' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  brokers: brokerList,
  ...kafkaFlagsShape,
  topic: z.array(topicName).default([]),
  'topic-pattern': z.array(z.string().min(1)).default([]),
  from: archiveStart.default('earliest'),
  group: z.string().min(1).default('archiver'),
  ...placeFlagsShape,
  ...writingFlagsShape,
  'max-age': timeSpan.default(30_000),
  workers: wholeNumber(1, MAX_WORKERS).default(1),
  'session-timeout': timeSpan.default(DEFAULT_SESSION_TIMEOUT_MS),
  'until-end': z.boolean().default(false),
});

type ArchiveFlags = z.infer<typeof schema>;

export const archiveCommand: Command = {
  name: 'archive',
  summary: 'Archives topics into a bucket until it is asked to end; then it uploads and commits what it has read',
  help: `permafrost archive --brokers HOST:PORT --topic NAME (--bucket NAME | --folder DIR) --recipient KEY

  --settings FILE       JSON, see below
${KAFKA_HELP}
  --topic NAME          repeatable
  --topic-pattern RE    repeatable: topics whose whole name matches a regular expression, also those made later
  --from START          where the archive of a topic begins that has none yet: earliest, latest, or a time such as
                        2026-01-31T12:00:00Z; what lies before is told as a gap; earliest
  --group NAME          consumer group; archiver
${PLACE_HELP}
${WRITING_HELP}
  --max-age TIME        of an open archive; 30s
  --workers N           archivers in threads of their own, among which Kafka divides the partitions; 1
  --session-timeout T   how long Kafka waits for this member when it is silent; 30s
  --until-end           archives up to where the topics end at the start, then ends
  --json                events as JSON lines

${REDUCTION_HELP}

${SETTINGS_HELP}

Every flag can stand in the environment: --max-bytes as PERMAFROST_MAX_BYTES. PERMAFROST_ACCESS_TOKEN is an OAuth
access token for the bucket.
SIGTERM and Ctrl-C upload and commit what was read, then end with 0; while Kafka or the bucket is away that waits for
them. A second one ends at once: what was not committed is read again at the next start.`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings });
    if (flags.topic.length + flags['topic-pattern'].length === 0)
      throw new UsageError('--topic is needed, or --topic-pattern');
    const output = createOutput(isJson);
    return archive(await archiverStart(flags, environment), new ArchiveWorkers(flags.workers, output), output);
  },
};

async function archiverStart(flags: ArchiveFlags, environment: NodeJS.ProcessEnv): Promise<ArchiverStart> {
  const writing = await writingOptions(flags);
  return {
    kafka: await kafkaConnection(flags.brokers, flags, environment),
    store: storePlace(flags, environment),
    options: {
      groupId: flags.group,
      topics: { names: flags.topic, patterns: flags['topic-pattern'] },
      start: startOf(flags.from),
      prefix: flags.prefix,
      ...writing,
      limits: { ...writing.limits, maxAgeMs: flags['max-age'] },
      maxHeldBytes: DEFAULT_MAX_HELD_BYTES,
      sessionTimeoutMs: flags['session-timeout'],
      topicCheckMs: DEFAULT_TOPIC_CHECK_MS,
      snapshotEveryMs: DEFAULT_SNAPSHOT_EVERY_MS,
    },
    untilEnd: flags['until-end'],
  };
}

async function archive(params: ArchiverStart, workers: ArchiveWorkers, output: Output): Promise<number> {
  const asked = untilAskedToEnd();
  const { names, patterns } = params.options.topics;
  const location = placeText(params.store);
  try {
    await started(workers.start(params), asked);
    if (!asked.aborted) {
      output.event(
        'archiving',
        { topics: names, patterns, location },
        `Archiving ${[...names, ...patterns].join(', ')} to ${location}`,
      );
      await Promise.race([aborted(asked), workers.ended()]);
    }
  } catch (thrown) {
    await workers.stop(); // the others upload what they have read
    throw thrown;
  }
  if (asked.aborted) {
    output.event('stopping', {}, 'Uploading and committing what was read; asked once more, it ends at once');
  }
  const totals = await workers.stop();
  output.event(
    'stopped',
    { ...totals },
    `${totals.records} messages in ${totals.archives} archives, ${totals.uploadedBytes} bytes; committed`,
  );
  return 0;
}

/** Or asked to end before that: then it does not matter any more whether it would have started. */
async function started(starting: Promise<void>, asked: AbortSignal): Promise<void> {
  starting.catch(() => undefined); // told below, unless it was asked to end
  await Promise.race([starting, aborted(asked)]);
}
