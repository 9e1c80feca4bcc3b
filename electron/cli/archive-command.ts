import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { toPlainError } from '../../shared/errors';
import { CODECS, STORAGE_CLASSES, topicName } from '../../shared/model/settings';
import { Archiver } from '../engine/archive/archiver';
import { parseStart } from '../engine/archive/first-start';
import { TOPIC_CHECK_MS } from '../engine/archive/topic-watch';
import { logEnds, untilRead } from '../engine/archive/until-end';
import { connectKafka } from '../engine/kafka/client';
import { DEFAULT_SESSION_TIMEOUT_MS } from '../engine/kafka/raw-consumer';
import type { Kafka } from '../engine/kafka/kafkajs-types';
import { parseRecipient, type Recipient } from '../engine/keys/recipient';
import { connectCloudStorage } from '../engine/store/cloud-storage';
import { openFolderStore } from '../engine/store/folder-store';
import type { ObjectStore } from '../engine/store/port';
import {
  aborted,
  byteSize,
  failure,
  parseFlags,
  timeSpan,
  untilAskedToEnd,
  UsageError,
  wholeNumber,
  type Flags,
} from './arguments';
import type { Command } from './command';
import { createOutput, type Output } from './output';

const FLAGS = {
  brokers: { type: 'string', multiple: true },
  topic: { type: 'string', multiple: true },
  'topic-pattern': { type: 'string', multiple: true },
  from: { type: 'string' },
  group: { type: 'string' },
  endpoint: { type: 'string' },
  bucket: { type: 'string' },
  folder: { type: 'string' },
  prefix: { type: 'string' },
  recipient: { type: 'string', multiple: true },
  'no-encryption': { type: 'boolean' },
  codec: { type: 'string' },
  level: { type: 'string' },
  'max-bytes': { type: 'string' },
  'max-records': { type: 'string' },
  'max-age': { type: 'string' },
  'storage-class': { type: 'string' },
  'session-timeout': { type: 'string' },
  'until-end': { type: 'boolean' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  brokers: z.array(z.string().min(1)).transform((lists) => lists.flatMap((list) => list.split(','))),
  topic: z.array(topicName).default([]),
  'topic-pattern': z.array(z.string().min(1)).default([]),
  from: z.string().default('earliest'),
  group: z.string().min(1).default('archiver'),
  endpoint: z.url({ protocol: /^https?$/, error: 'takes a URL such as http://127.0.0.1:14443' }).optional(),
  bucket: z.string().min(1).optional(),
  folder: z.string().min(1).optional(),
  prefix: z.string().default('archive'),
  recipient: z.array(z.string().min(1)).default([]),
  'no-encryption': z.boolean().default(false),
  codec: z.enum(CODECS).default('zstd'),
  level: wholeNumber(1, 22).optional(),
  'max-bytes': byteSize.default(16_000_000),
  'max-records': wholeNumber(1, 1e9).default(1_000_000),
  'max-age': timeSpan.default(30_000),
  'storage-class': z.enum(STORAGE_CLASSES).optional(),
  'session-timeout': timeSpan.default(DEFAULT_SESSION_TIMEOUT_MS),
  'until-end': z.boolean().default(false),
});

type ArchiveFlags = z.infer<typeof schema>;

const DEFAULT_LEVELS = { none: 0, gzip: 6, zstd: 3 } as const;
const MAX_HELD_BYTES = 96 * 1024 * 1024;

export const archiveCommand: Command = {
  name: 'archive',
  summary: 'Archives topics into a bucket until it is asked to end; then it uploads and commits what it has read',
  help: `permafrost archive --brokers HOST:PORT --topic NAME (--endpoint URL --bucket NAME | --folder DIR) --recipient KEY

  --brokers LIST        host:port, several separated by commas
  --topic NAME          repeatable
  --topic-pattern RE    repeatable: topics whose whole name matches a regular expression, also those made later
  --from START          where the archive of a topic begins that has none yet: earliest, latest, or a time such as
                        2026-01-31T12:00:00Z; what lies before is told as a gap; earliest
  --group NAME          consumer group; archiver
  --endpoint URL        the Cloud Storage server, e.g. the sandbox's
  --bucket NAME
  --folder DIR          archives go into a folder that exists, in place of a bucket
  --prefix PREFIX       in front of every archive's name; archive
  --recipient KEY       who can open the archives, repeatable: age1..., an ssh-rsa line, or a file with either or an
                        RSA public key as PEM
  --no-encryption       archives that anybody can read
  --codec CODEC         none, gzip or zstd; zstd
  --level N             gzip 1 to 9, zstd 1 to 22
  --max-bytes SIZE      stored bytes of one archive; 16MB
  --max-records N       messages of one archive; 1000000
  --max-age TIME        of an open archive; 30s
  --storage-class CLASS STANDARD, NEARLINE, COLDLINE or ARCHIVE; the bucket's
  --session-timeout T   how long Kafka waits for this member when it is silent; 30s
  --until-end           archives up to where the topics end at the start, then ends
  --json                events as JSON lines

Every flag can stand in the environment: --max-bytes as PERMAFROST_MAX_BYTES. PERMAFROST_ACCESS_TOKEN is an OAuth
access token for the bucket.
SIGTERM and Ctrl-C upload and commit what was read, then end with 0.`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment);
    if (flags.topic.length + flags['topic-pattern'].length === 0)
      throw new UsageError('--topic is needed, or --topic-pattern');
    const recipients = await readRecipients(flags);
    const output = createOutput(isJson);
    const kafka = connectKafka({ brokers: flags.brokers, clientId: 'permafrost' });
    return archive(kafka, await openStore(flags, environment), flags, recipients, output);
  },
};

async function openStore(
  { endpoint, bucket, folder }: ArchiveFlags,
  environment: NodeJS.ProcessEnv,
): Promise<ObjectStore> {
  if (folder !== undefined) {
    if (endpoint !== undefined || bucket !== undefined)
      throw new UsageError('--folder excludes --endpoint and --bucket');
    return openFolderStore(folder);
  }
  if (endpoint === undefined || bucket === undefined) {
    throw new UsageError('--endpoint and --bucket are needed, or --folder: where the archives go');
  }
  const accessToken = environment['PERMAFROST_ACCESS_TOKEN'];
  return connectCloudStorage({
    endpoint,
    projectId: 'permafrost',
    ...(accessToken === undefined ? {} : { accessToken }),
  }).bucket(bucket);
}

async function archive(
  kafka: Kafka,
  store: ObjectStore,
  flags: ArchiveFlags,
  recipients: readonly Recipient[],
  output: Output,
): Promise<number> {
  const asked = untilAskedToEnd();
  const failed = new AbortController();
  const selection = { names: flags.topic, patterns: flags['topic-pattern'] };
  const ends = flags['until-end'] ? await logEnds(kafka, selection) : null;
  const archiver = await Archiver.start({
    kafka,
    store,
    options: {
      groupId: flags.group,
      topics: selection,
      start: parseStart(flags.from),
      prefix: flags.prefix,
      codec: flags.codec,
      level: flags.level ?? DEFAULT_LEVELS[flags.codec],
      recipients,
      storageClass: flags['storage-class'] ?? null,
      limits: { maxBytes: flags['max-bytes'], maxRecords: flags['max-records'], maxAgeMs: flags['max-age'] },
      maxHeldBytes: MAX_HELD_BYTES,
      sessionTimeoutMs: flags['session-timeout'],
      topicCheckMs: TOPIC_CHECK_MS,
    },
    clock: { now: () => Date.now() },
    events: {
      uploaded: ({ coverage }, { object, adopted }) => {
        const { topic, partition, firstOffset, nextOffset, records } = coverage;
        const offsets = { firstOffset: firstOffset.toString(), nextOffset: nextOffset.toString() };
        const fields = {
          object: object.name,
          topic,
          partition,
          ...offsets,
          records,
          storedBytes: object.size,
          adopted,
        };
        output.event('uploaded', fields, `${store.location}/${object.name}: ${records} messages, ${object.size} bytes`);
      },
      problem: (error) => output.problem(toPlainError(error)),
      degraded: (error) => {
        if (error === null) output.event('recovered', {}, 'It works again');
        else output.problem(toPlainError(error));
      },
      failed: (error) => failed.abort(error),
    },
  });
  output.event(
    'archiving',
    { topics: flags.topic, patterns: flags['topic-pattern'], location: store.location },
    `Archiving ${[...flags.topic, ...flags['topic-pattern']].join(', ')} to ${store.location}`,
  );
  const done = new AbortController();
  const reachedEnd =
    ends === null ? [] : [untilRead(archiver, ends, { kafka, groupId: flags.group, signal: done.signal })];
  await Promise.race([aborted(asked), aborted(failed.signal), ...reachedEnd]);
  done.abort();
  if (failed.signal.aborted) throw failed.signal.reason;
  await archiver.stop();
  const { archives, records, uploadedBytes } = archiver.status().stages;
  output.event(
    'stopped',
    { archives, records, uploadedBytes },
    `${records} messages in ${archives} archives, ${uploadedBytes} bytes; committed`,
  );
  return 0;
}

async function readRecipients(flags: ArchiveFlags): Promise<readonly Recipient[]> {
  const given = flags.recipient;
  if (given.length === 0 && !flags['no-encryption']) {
    throw new UsageError('--recipient is needed: the public key that archives are encrypted to (or --no-encryption)');
  }
  if (given.length > 0 && flags['no-encryption'])
    throw new UsageError('--recipient and --no-encryption exclude each other');
  return Promise.all(given.map(readRecipient));
}

async function readRecipient(text: string): Promise<Recipient> {
  if (text.startsWith('age1') || text.startsWith('ssh-')) return parseRecipient(text);
  const content = await readFile(text, 'utf8').catch((cause: unknown) => {
    throw failure(`--recipient ${text} is neither a key nor a file that can be read (${String(cause)})`);
  });
  return parseRecipient(content);
}
