import { z } from 'zod';
import { priceOverridesSchema } from './prices';
import { NO_REDUCTION, reductionFileSchema, reductionSchema } from './reduction';
import { topicPatternText } from './topic-choice';
import { STORAGE_CLASSES } from './storage-class';

export { STORAGE_CLASSES, type StorageClass } from './storage-class';

/** A Kafka topic's legal name (org.apache.kafka.common.internals.Topic). */
export const topicName = z
  .string()
  .min(1, 'A topic needs a name')
  .max(249, 'A topic name has at most 249 characters')
  .regex(/^[a-zA-Z0-9._-]+$/, 'A topic name has only letters, digits, ".", "_" and "-"')
  .refine((name) => name !== '.' && name !== '..', 'A topic cannot be called "." or ".."');

/** Topics by name and by pattern, see topic-choice.ts. */
export const topicChoiceSchema = z.strictObject({
  names: z.array(topicName).max(10_000).readonly(),
  patterns: z.array(topicPatternText).max(100).readonly(),
});

/** A whole number whose refusal names the range: it is shown beside the field. */
export function wholeNumber(min: number, max: number) {
  const says = `Takes a whole number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;
  return z.number({ error: says }).int(says).min(min, says).max(max, says);
}

const portSays = 'A port is between 1 and 65535, or 0 for any free one';
const port = z.number({ error: portSays }).int(portSays).min(0, portSays).max(65535, portSays);

/** "earliest", "latest", or a time such as 2026-01-31T12:00:00Z. */
export const archiveStart = z
  .string()
  .max(40)
  .refine((text) => text === 'earliest' || text === 'latest' || timeOf(text) !== null, {
    error: 'Takes earliest, latest or a time such as 2026-01-31T12:00:00Z',
  });

/** @returns ms since 1970; null for what is no time. Without a zone it is local time, a date alone is UTC. */
export function timeOf(text: string): number | null {
  const time = /^\d{4}-\d\d-\d\d([T ].*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) || time < 0 ? null : time;
}

/** In front of every archive's name; may be empty. */
export const archivePrefix = z
  .string()
  .max(200)
  .regex(/^([^/@\s][^/\s]*(\/[^/@\s][^/\s]*)*)?$/, 'A prefix has no blanks, no "//" and no "/" at its ends');

export const CODECS = ['none', 'gzip', 'zstd'] as const;

/**
 * What the user has chosen; kept as JSON in the data folder. Every field has a default, so that a first start needs
 * nothing. Unknown fields are refused: a typo must not pass in silence.
 */
export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** the topic that is made at start and archived */
  topic: topicName.default('archivetest'),
  /** archived beside it */
  topics: topicChoiceSchema.default({ names: [], patterns: [] }),
  /** partitions of that topic when it is made; an existing topic keeps its own */
  partitions: wholeNumber(1, 64).default(3),
  pipelineGroup: z.string().min(1).max(200).default('pipeline'),
  archiverGroup: z.string().min(1).max(200).default('archiver'),
  bucket: z.string().max(222).default('permafrost-sandbox'),
  prefix: archivePrefix.default('archive'),
  codec: z.enum(CODECS).default('zstd'),
  /** gzip 1 to 9, zstd 1 to 19; taken to the codec's nearest */
  level: wholeNumber(1, 19).default(3),
  encrypt: z.boolean().default(true),
  /** where the archive of a topic begins that has none yet */
  start: archiveStart.default('earliest'),
  /** of new archives; null: the bucket's default */
  storageClass: z.enum(STORAGE_CLASSES).nullable().default(null),
  /** what is left out of the archives on purpose */
  reduction: reductionFileSchema.default(NO_REDUCTION),
  /** a segment is closed when its stored bytes reach this */
  maxSegmentBytes: wholeNumber(64_000, 1_000_000_000).default(16_000_000),
  maxSegmentRecords: wholeNumber(1, 100_000_000).default(1_000_000),
  /** wall clock since the segment's first record */
  maxSegmentAgeMs: wholeNumber(1_000, 86_400_000).default(30_000),
  sandboxKafkaPort: port.default(19_092),
  sandboxBucketPort: port.default(14_443),
  /** the user's own, in place of the published ones */
  prices: priceOverridesSchema.default({}),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

/**
 * A change of some settings: only fields that are present are changed. Spelled without defaults, since zod's
 * `partial()` would fill absent fields in.
 */
export const settingsPatchSchema = z.strictObject({
  ...(Object.fromEntries(
    Object.entries(settingsSchema.shape).map(([name, field]) => [name, field.unwrap().optional()]),
  ) as {
    [Name in keyof typeof settingsSchema.shape]: z.ZodOptional<
      ReturnType<(typeof settingsSchema.shape)[Name]['unwrap']>
    >;
  }),
  /** the whole rule: a part of one would leave the rest to defaults */
  reduction: reductionSchema.optional(),
});

export type SettingsPatch = z.infer<typeof settingsPatchSchema>;

export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({});
