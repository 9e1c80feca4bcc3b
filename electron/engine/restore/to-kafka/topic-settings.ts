/**
 * Settings of a topic that would delete or change what is restored: they stay neutral meanwhile. What each of them would do
 * to the records is told in numbers before it is put back.
 */
import type { TopicSetting } from '../../kafka/target-cluster';
import type { SourceArchive } from './source';

const LONG_MAX = '9223372036854775807';

/** What holds while records are restored; a name that the broker does not know is left out. */
export const NEUTRAL: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'message.timestamp.type': 'CreateTime',
  'message.timestamp.difference.max.ms': LONG_MAX,
  'message.timestamp.before.max.ms': LONG_MAX,
  'message.timestamp.after.max.ms': LONG_MAX,
};

export type SettingEffect =
  /** Kafka deletes the records */
  | 'deletes'
  /** Kafka keeps the newest record of each key alone, and takes none without a key */
  | 'compacts'
  /** Kafka puts its own time in place of the records' */
  | 'alters'
  /** Kafka refuses the records */
  | 'refuses';

export interface SettingAtWork {
  readonly name: string;
  readonly value: string;
  readonly effect: SettingEffect;
  /** at most so many of the archives' records */
  readonly records: number;
}

/**
 * What settings would do to the records of archives.
 * @param archives of each partition, as far as they are restored
 * @param now ms since 1970
 */
export function settingsAtWork(
  settings: ReadonlyMap<string, string>,
  archives: readonly (readonly SourceArchive[])[],
  now: number,
): readonly SettingAtWork[] {
  const all = archives.flat();
  const total = sum(all);
  const found: SettingAtWork[] = [];
  const add = (name: string, effect: SettingEffect, records: number): void => {
    if (records > 0) found.push({ name, value: settings.get(name) ?? '', effect, records });
  };
  if (settings.get('cleanup.policy')?.includes('compact') === true) add('cleanup.policy', 'compacts', total);
  const expires = settings.get('cleanup.policy')?.includes('delete') !== false;
  const retentionMs = numberOf(settings, 'retention.ms');
  if (expires && retentionMs >= 0n) add('retention.ms', 'deletes', olderThan(all, BigInt(now) - retentionMs));
  const retentionBytes = numberOf(settings, 'retention.bytes');
  if (expires && retentionBytes >= 0n) {
    const beyond = archives.map((partition) => beyondBytes(partition, retentionBytes));
    add(
      'retention.bytes',
      'deletes',
      beyond.reduce((sumOf, records) => sumOf + records, 0),
    );
  }
  if (settings.get('message.timestamp.type') === 'LogAppendTime') add('message.timestamp.type', 'alters', total);
  for (const [name, isBefore, isAfter] of DIFFERENCES) {
    const allowed = numberOf(settings, name);
    if (allowed < 0n) continue;
    const before = isBefore ? olderThan(all, BigInt(now) - allowed) : 0;
    add(name, 'refuses', before + (isAfter ? newerThan(all, BigInt(now) + allowed) : 0));
  }
  return found;
}

const DIFFERENCES = [
  ['message.timestamp.difference.max.ms', true, true],
  ['message.timestamp.before.max.ms', true, false],
  ['message.timestamp.after.max.ms', false, true],
] as const;

/** What a setting would do, as a sentence. */
export function effectText(topic: string, { name, value, effect, records }: SettingAtWork): string {
  const setting = `${name}=${value} of topic ${topic}`;
  switch (effect) {
    case 'deletes':
      return `${setting} would delete up to ${records} of the restored records.`;
    case 'compacts':
      return `${setting} would keep the newest of ${records} records for each key alone, and takes none without a key.`;
    case 'alters':
      return `${setting} would put Kafka's own time in place of the timestamps of ${records} records.`;
    case 'refuses':
      return `${setting} would refuse up to ${records} records for their timestamps.`;
  }
}

/** The values that hold. */
export function valuesOf(settings: ReadonlyMap<string, TopicSetting>): ReadonlyMap<string, string> {
  return new Map([...settings].map(([name, { value }]) => [name, value]));
}

/** Settings that wait to be put back, as they were. */
export type SettingsAside = Readonly<Record<string, TopicSetting>>;

/** Settings that are not neutral. */
export function settingsToSetAside(settings: ReadonlyMap<string, TopicSetting>): SettingsAside {
  return Object.fromEntries(
    Object.entries(NEUTRAL).flatMap(([name, neutral]) => {
      const setting = settings.get(name);
      return setting === undefined || setting.value === neutral ? [] : [[name, setting]];
    }),
  );
}

/** -1 for none */
function numberOf(settings: ReadonlyMap<string, string>, name: string): bigint {
  const text = settings.get(name) ?? '';
  return /^\d{1,19}$/.test(text) ? BigInt(text) : -1n;
}

function sum(archives: readonly SourceArchive[]): number {
  return archives.reduce((records, { coverage }) => records + coverage.records, 0);
}

/** Kafka looks at the newest record of a file of its log: it deletes these at the latest when all of the file are as old. */
function olderThan(archives: readonly SourceArchive[], time: bigint): number {
  return sum(archives.filter(({ coverage }) => coverage.firstTimestamp !== null && coverage.firstTimestamp < time));
}

function newerThan(archives: readonly SourceArchive[], time: bigint): number {
  return sum(archives.filter(({ coverage }) => coverage.lastTimestamp !== null && coverage.lastTimestamp > time));
}

function beyondBytes(archives: readonly SourceArchive[], allowed: bigint): number {
  let kept = 0n;
  let records = 0;
  for (const { coverage } of archives.toReversed()) {
    kept += BigInt(coverage.rawBytes);
    if (kept > allowed) records += coverage.records;
  }
  return records;
}
