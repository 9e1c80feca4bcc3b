/**
 * The settings a topic can have. They are kept and reported as Kafka does; what the broker follows of them is in
 * topic-policy.ts.
 * not implemented: recompression by compression.type. Unless a topic says otherwise its records never expire, so that
 * nothing disappears while somebody looks at it: Kafka keeps them for a week.
 */
import { ErrorCode, KafkaRefusal } from './error-codes';

export const ConfigType = { BOOLEAN: 1, STRING: 2, INT: 3, LONG: 5, DOUBLE: 6, LIST: 7 } as const;

interface ConfigKind {
  readonly defaultValue: string;
  readonly type: number;
  readonly allowed?: readonly string[];
}

const LONG_MAX = '9223372036854775807';
const int = (defaultValue: string): ConfigKind => ({ defaultValue, type: ConfigType.INT });
const long = (defaultValue: string): ConfigKind => ({ defaultValue, type: ConfigType.LONG });
const double = (defaultValue: string): ConfigKind => ({ defaultValue, type: ConfigType.DOUBLE });
const boolean = (defaultValue: string): ConfigKind => ({ defaultValue, type: ConfigType.BOOLEAN });
const choice = (type: number, defaultValue: string, ...allowed: string[]): ConfigKind => ({
  defaultValue,
  type,
  allowed,
});

const CONFIG_KINDS: Readonly<Record<string, ConfigKind>> = {
  'cleanup.policy': choice(ConfigType.LIST, 'delete', 'delete', 'compact', 'compact,delete', 'delete,compact'),
  'compression.type': choice(
    ConfigType.STRING,
    'producer',
    'producer',
    'uncompressed',
    'gzip',
    'snappy',
    'lz4',
    'zstd',
  ),
  'delete.retention.ms': long('86400000'),
  'file.delete.delay.ms': long('60000'),
  'flush.messages': long(LONG_MAX),
  'flush.ms': long(LONG_MAX),
  'index.interval.bytes': int('4096'),
  'max.compaction.lag.ms': long(LONG_MAX),
  'max.message.bytes': int('1048588'),
  'message.timestamp.type': choice(ConfigType.STRING, 'CreateTime', 'CreateTime', 'LogAppendTime'),
  'min.cleanable.dirty.ratio': double('0.5'),
  'min.compaction.lag.ms': long('0'),
  'min.insync.replicas': int('1'),
  preallocate: boolean('false'),
  'retention.bytes': long('-1'),
  'retention.ms': long('-1'),
  'segment.bytes': int('1073741824'),
  'segment.index.bytes': int('10485760'),
  'segment.jitter.ms': long('0'),
  'segment.ms': long('604800000'),
  'unclean.leader.election.enable': boolean('false'),
};

export interface ReportedConfig {
  readonly name: string;
  readonly value: string;
  readonly type: number;
  readonly isDefault: boolean;
}

export function reportConfigs(own: ReadonlyMap<string, string>): ReportedConfig[] {
  return Object.entries(CONFIG_KINDS).map(([name, { defaultValue, type }]) => ({
    name,
    value: own.get(name) ?? defaultValue,
    type,
    isDefault: !own.has(name),
  }));
}

/** A topic's own setting, else the default. */
export function configOf(own: ReadonlyMap<string, string>, name: string): string {
  const kind = CONFIG_KINDS[name];
  if (kind === undefined) throw new RangeError(`there is no setting ${name}`);
  return (own.get(name) ?? kind.defaultValue).trim();
}

/** @throws KafkaRefusal INVALID_CONFIG for a name or a value that Kafka does not know */
export function checkConfig(name: string, value: string): void {
  const kind = Object.hasOwn(CONFIG_KINDS, name) ? CONFIG_KINDS[name] : undefined;
  if (kind === undefined) throw new KafkaRefusal(ErrorCode.INVALID_CONFIG, `Unknown topic config name: ${name}`);
  if (!isFitting(kind, value.trim())) {
    throw new KafkaRefusal(ErrorCode.INVALID_CONFIG, `Invalid value ${value} for configuration ${name}`);
  }
}

function isFitting(kind: ConfigKind, value: string): boolean {
  if (kind.allowed !== undefined) return kind.allowed.includes(value.replaceAll(' ', ''));
  switch (kind.type) {
    case ConfigType.BOOLEAN:
      return value === 'true' || value === 'false';
    case ConfigType.INT:
      return /^-?\d{1,10}$/.test(value) && Number(value) < 2 ** 31;
    case ConfigType.LONG:
      return /^-?\d{1,19}$/.test(value) && BigInt(value) < 2n ** 63n;
    default:
      return value !== '' && Number.isFinite(Number(value));
  }
}
