import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '../../shared/errors';
import { migrate, newerVersionSays } from '../../shared/model/file-versions';
import type { Reduction } from '../../shared/model/reduction';
import { settingsPatchSchema, topicChoiceSchema, topicName } from '../../shared/model/settings';
import { SETTINGS_MIGRATIONS } from '../../shared/model/settings-migrations';
import { UsageError } from './arguments';

const name = z.string().min(1);
const texts = z.array(name);

/** The app's settings file, every field optional, and what only a server needs. Unknown fields are refused. */
const fileSchema = settingsPatchSchema.extend({
  brokers: texts.optional(),
  /** how it is connected; secrets lie in files of their own */
  kafka: z
    .strictObject({
      tls: z.boolean(),
      caFile: name,
      certFile: name,
      certKeyFile: name,
      sasl: name,
      user: name,
      passwordFile: name,
      tokenEndpoint: name,
      tokenClient: name,
      tokenSecretFile: name,
      tokenScope: name,
    })
    .partial()
    .optional(),
  /** a service account's file (JSON) */
  credentialsFile: z.string().min(1).optional(),
  project: z.string().min(1).optional(),
  userProject: z.string().min(1).optional(),
  /** several, in place of `topic`; or, as the app writes it, those that are archived beside it */
  topics: z.union([z.array(topicName), topicChoiceSchema]).optional(),
  topicPatterns: texts.optional(),
  endpoint: z.string().optional(),
  folder: z.string().min(1).optional(),
  recipients: texts.optional(),
  /** files of private keys */
  keyFiles: texts.optional(),
  workers: z.number().int().optional(),
  sessionTimeoutMs: z.number().int().optional(),
});

type SettingsOnFile = z.infer<typeof fileSchema>;

export const SETTINGS_HELP = `--settings FILE takes what no flag and no variable says from a file of JSON: the app's own settings.json, or one with
some of its fields: topic, archiverGroup, bucket, prefix, codec, level, encrypt, start, storageClass, reduction,
maxSegmentBytes, maxSegmentRecords, maxSegmentAgeMs; and brokers, topics, topicPatterns, endpoint, folder, recipients,
keyFiles, workers, sessionTimeoutMs, kafka (with tls, caFile, certFile, certKeyFile, sasl, user, passwordFile, tokenEndpoint,
tokenClient, tokenSecretFile, tokenScope), credentialsFile, project, userProject. What an older Permafrost wrote is taken, too;
a file that does not say its version counts as the first one.`;

/** The file's fields as values of flags. @throws UsageError */
export function flagsOfSettings(file: string): Record<string, unknown> {
  const settings = readSettings(file);
  const values = { ...flagsOf(settings), ...(settings.reduction == null ? {} : reductionFlags(settings.reduction)) };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}

function readSettings(file: string): SettingsOnFile {
  try {
    const migrated = migrate(JSON.parse(readFileSync(file, 'utf8')), SETTINGS_MIGRATIONS);
    if (migrated.kind === 'known') return fileSchema.parse(migrated.fields);
    throw new UsageError(`${newerVersionSays(migrated.version, SETTINGS_MIGRATIONS)}. Update permafrost.`);
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown);
    throw new UsageError(`--settings ${file}: ${why}`);
  }
}

function flagsOf(settings: SettingsOnFile): Record<string, unknown> {
  const { names, patterns } = topicsOf(settings);
  return {
    brokers: settings.brokers,
    ...kafkaFlags(settings.kafka ?? {}),
    credentials: settings.credentialsFile,
    project: settings.project,
    'user-project': settings.userProject,
    topic: names,
    'topic-pattern': patterns,
    from: settings.start,
    group: settings.archiverGroup,
    endpoint: settings.endpoint,
    bucket: settings.bucket,
    folder: settings.folder,
    prefix: settings.prefix,
    recipient: settings.recipients,
    key: settings.keyFiles,
    'no-encryption': settings.encrypt === false ? true : undefined,
    codec: settings.codec,
    level: settings.codec === 'none' ? undefined : text(settings.level),
    'max-bytes': text(settings.maxSegmentBytes),
    'max-records': text(settings.maxSegmentRecords),
    'max-age': milliseconds(settings.maxSegmentAgeMs),
    'storage-class': settings.storageClass,
    workers: text(settings.workers),
    'session-timeout': milliseconds(settings.sessionTimeoutMs),
  };
}

function topicsOf({ topic, topics, topicPatterns }: SettingsOnFile): {
  readonly names: readonly string[] | undefined;
  readonly patterns: readonly string[] | undefined;
} {
  const own = topic === undefined ? undefined : [topic];
  if (topics === undefined) return { names: own, patterns: topicPatterns };
  if (Array.isArray(topics)) return { names: topics, patterns: topicPatterns };
  return {
    names: [...new Set([...(own ?? []), ...topics.names])],
    patterns: [...topics.patterns, ...(topicPatterns ?? [])],
  };
}

function kafkaFlags(kafka: NonNullable<SettingsOnFile['kafka']>): Record<string, unknown> {
  return {
    'kafka-tls': kafka.tls,
    'kafka-ca': kafka.caFile,
    'kafka-cert': kafka.certFile,
    'kafka-cert-key': kafka.certKeyFile,
    'kafka-sasl': kafka.sasl,
    'kafka-user': kafka.user,
    'kafka-password-file': kafka.passwordFile,
    'kafka-token-endpoint': kafka.tokenEndpoint,
    'kafka-token-client': kafka.tokenClient,
    'kafka-token-secret-file': kafka.tokenSecretFile,
    'kafka-token-scope': kafka.tokenScope,
  };
}

function reductionFlags(reduction: Reduction): Record<string, unknown> {
  return {
    'filter-key': reduction.filterKeys,
    filter: reduction.filter,
    'drop-duplicates': reduction.dropDuplicates,
    'one-in': text(reduction.oneIn),
    'at-most-every': milliseconds(reduction.atMostEveryMs),
    'keep-field': reduction.keepFields,
    'drop-field': reduction.dropFields,
  };
}

function text(value: number | null | undefined): string | undefined {
  return value == null ? undefined : String(value);
}

function milliseconds(value: number | null | undefined): string | undefined {
  return value == null ? undefined : `${value}ms`;
}
