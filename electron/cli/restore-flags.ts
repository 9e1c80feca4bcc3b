/** Flags that say what is restored, to where, and under which conditions. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { topicName } from '../../shared/model/settings';
import type { Snapshot } from '../engine/archive/snapshot';
import type { Identity } from '../engine/keys/identity';
import { JOB_NAME } from '../engine/restore/to-kafka/job-progress';
import type { ExistingSettings, RestoreOptions } from '../engine/restore/to-kafka/options';
import type { RestoreSelection } from '../engine/restore/to-kafka/selection';
import { offsetFlag, timeFlag, UsageError, wholeNumber, type Flags } from './arguments';
import { KEY_FLAGS, keyFlagsShape } from './key-flags';
import { brokerList, KAFKA_FLAGS, kafkaFlagsShape } from './kafka-flags';
import { PLACE_FLAGS, placeFlagsShape } from './place-flags';

export const RESTORE_FLAGS = {
  ...KAFKA_FLAGS,
  ...PLACE_FLAGS,
  ...KEY_FLAGS,
  settings: { type: 'string' },
  topic: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  snapshot: { type: 'string' },
  'to-topic': { type: 'string' },
  life: { type: 'string' },
  partition: { type: 'string', multiple: true },
  archive: { type: 'string', multiple: true },
  'from-offset': { type: 'string' },
  'until-offset': { type: 'string' },
  'from-time': { type: 'string' },
  'until-time': { type: 'string' },
  'record-key': { type: 'string', multiple: true },
  groups: { type: 'string', multiple: true },
  job: { type: 'string' },
  rate: { type: 'string' },
  compress: { type: 'string' },
  append: { type: 'boolean' },
  'set-aside': { type: 'boolean' },
  'keep-settings': { type: 'boolean' },
  'apply-settings': { type: 'boolean' },
  yes: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
} as const satisfies Flags;

export const restoreSchema = z.object({
  brokers: brokerList,
  ...kafkaFlagsShape,
  ...placeFlagsShape,
  ...keyFlagsShape,
  topic: z.array(topicName).default([]),
  all: z.boolean().default(false),
  snapshot: z.string().min(1).optional(),
  'to-topic': topicName.optional(),
  life: z.string().min(1).optional(),
  partition: z.array(wholeNumber(0, 1e6)).optional(),
  archive: z.array(z.string().min(1)).optional(),
  'from-offset': offsetFlag.optional(),
  'until-offset': offsetFlag.optional(),
  'from-time': timeFlag.optional(),
  'until-time': timeFlag.optional(),
  'record-key': z.array(z.string()).default([]),
  groups: z.array(z.string().min(1)).optional(),
  job: z.string().regex(JOB_NAME, 'takes up to 60 letters, digits, ".", "_" and "-"').optional(),
  rate: wholeNumber(1, 1e9).optional(),
  compress: z.enum(['zstd', 'none']).default('zstd'),
  append: z.boolean().default(false),
  'set-aside': z.boolean().default(false),
  'keep-settings': z.boolean().default(false),
  'apply-settings': z.boolean().default(false),
  yes: z.boolean().default(false),
  'dry-run': z.boolean().default(false),
});

export type RestoreFlags = z.infer<typeof restoreSchema>;

/** What holds for every topic of a restore. @throws UsageError */
export function commonOptions(
  flags: RestoreFlags,
  identities: readonly Identity[],
): Omit<RestoreOptions, 'selection' | 'toTopic' | 'snapshot'> {
  const { all, groups = all ? ['all'] : ['none'] } = flags;
  const named = groups.flatMap((list) => list.split(','));
  return {
    job: flags.job ?? randomBytes(4).toString('hex'),
    groups: named.includes('all') ? null : named.filter((name) => name !== 'none'),
    append: flags.append,
    existingSettings: existingSettings(flags),
    applySettings: !flags['apply-settings'] ? 'no' : flags.yes ? 'all' : 'harmless',
    recordsPerSecond: flags.rate ?? null,
    compression: flags.compress,
    identities,
  };
}

function existingSettings(flags: RestoreFlags): ExistingSettings {
  if (flags['set-aside'] && flags['keep-settings']) throw new UsageError('--set-aside excludes --keep-settings');
  return flags['set-aside'] ? 'set aside' : flags['keep-settings'] ? 'keep' : 'refuse';
}

/** One topic's restore. @throws UsageError */
export function topicOptions(
  flags: RestoreFlags,
  snapshot: Snapshot | null,
  identities: readonly Identity[],
): RestoreOptions {
  const [topic, ...others] = flags.topic;
  if (topic === undefined || others.length > 0) throw new UsageError('give one --topic, or --all');
  const selection: RestoreSelection = {
    prefix: flags.prefix,
    topic,
    life: flags.life ?? null,
    partitions: flags.partition ?? null,
    archives: flags.archive ?? null,
    fromOffset: flags['from-offset'] ?? null,
    untilOffset: flags['until-offset'] ?? null,
    fromTime: flags['from-time'] ?? null,
    untilTime: flags['until-time'] ?? null,
    keys: flags['record-key'],
    mayBeEmpty: false,
  };
  return { ...commonOptions(flags, identities), selection, toTopic: flags['to-topic'] ?? topic, snapshot };
}

/** @throws UsageError for a choice that --all, which restores everything, does not have */
export function assertAllAlone(flags: RestoreFlags): void {
  const parts = [
    ['to-topic', flags['to-topic']],
    ['life', flags.life],
    ['partition', flags.partition],
    ['archive', flags.archive],
    ['from-offset', flags['from-offset']],
    ['until-offset', flags['until-offset']],
    ['from-time', flags['from-time']],
    ['until-time', flags['until-time']],
    ['record-key', flags['record-key'][0]],
  ] as const;
  const given = parts.find(([, value]) => value !== undefined);
  if (given !== undefined) throw new UsageError(`--all excludes --${given[0]}: it restores everything of a snapshot`);
}
