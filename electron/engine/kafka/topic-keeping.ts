/**
 * How long Kafka keeps topics' records. kafkajs refuses the answer for all topics when one of them may not be read, so that
 * DescribeConfigs version 1 is asked by hand, and for three settings alone.
 *
 *     Request  => [type INT8, name STRING, [config_name STRING]], include_synonyms BOOLEAN
 *     Response => throttle_time_ms INT32, [error_code INT16, error_message NULLABLE_STRING, type INT8, name STRING,
 *                 [name STRING, value NULLABLE_STRING, read_only BOOLEAN, source INT8, is_sensitive BOOLEAN,
 *                 synonyms [name STRING, value NULLABLE_STRING, source INT8]]]
 */
import type { TopicKeeping } from '../../../shared/model/topic';
import { fromKafkajs } from './errors';
import type { Broker, Cluster } from './kafkajs-types';
import { int32, sendHandmade, string, type ProtocolReader } from './protocol';

const DESCRIBE_CONFIGS = 32;
const TOPIC = Buffer.from([2]);
const NO_SYNONYMS = Buffer.from([0]);
const WANTED = ['cleanup.policy', 'retention.ms', 'retention.bytes'] as const;
/** an answer of some 100 kB */
const TOPICS_AT_ONCE = 500;

/**
 * @returns by topic; those whose settings this user may not read, and those that are gone, are not among them
 * @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED
 */
export async function fetchKeeping(
  cluster: Cluster,
  topics: readonly string[],
): Promise<ReadonlyMap<string, TopicKeeping>> {
  const keeping = new Map<string, TopicKeeping>();
  try {
    const broker = await cluster.findControllerBroker();
    for (let from = 0; from < topics.length; from += TOPICS_AT_ONCE) {
      const answers = await describeConfigs(broker, topics.slice(from, from + TOPICS_AT_ONCE));
      for (const { name, settings } of answers) if (settings !== null) keeping.set(name, keepingOf(settings));
    }
  } catch (thrown) {
    throw fromKafkajs(thrown, 'Asking for the settings of the topics');
  }
  return keeping;
}

interface ConfigAnswer {
  readonly name: string;
  /** null when they were not told */
  readonly settings: ReadonlyMap<string, string | null> | null;
}

function describeConfigs(broker: Broker, topics: readonly string[]): Promise<readonly ConfigAnswer[]> {
  const wanted = Buffer.concat([int32(WANTED.length), ...WANTED.map(string)]);
  const resources = topics.flatMap((topic) => [TOPIC, string(topic), wanted]);
  return sendHandmade(broker, {
    apiKey: DESCRIBE_CONFIGS,
    apiVersion: 1,
    apiName: 'DescribeConfigs',
    body: Buffer.concat([int32(topics.length), ...resources, NO_SYNONYMS]),
    decode: (reader) => {
      reader.skip(4);
      return reader.array(() => readResource(reader));
    },
  });
}

function readResource(reader: ProtocolReader): ConfigAnswer {
  const errorCode = reader.int16();
  reader.nullableString();
  reader.skip(1);
  const name = reader.string();
  const settings = reader.array((): [string, string | null] => {
    const setting: [string, string | null] = [reader.string(), reader.nullableString()];
    reader.skip(3);
    reader.array(() => {
      reader.string();
      reader.nullableString();
      reader.skip(1);
    });
    return setting;
  });
  return { name, settings: errorCode === 0 ? new Map(settings) : null };
}

function keepingOf(settings: ReadonlyMap<string, string | null>): TopicKeeping {
  return {
    cleanup: cleanupOf(settings.get('cleanup.policy') ?? 'delete'),
    retentionMs: limitOf(settings.get('retention.ms')),
    retentionBytes: limitOf(settings.get('retention.bytes')),
  };
}

function cleanupOf(policy: string): TopicKeeping['cleanup'] {
  const parts = policy.split(',').map((part) => part.trim());
  const [deletes, compacts] = [parts.includes('delete'), parts.includes('compact')];
  if (deletes && compacts) return 'compact,delete';
  return deletes ? 'delete' : compacts ? 'compact' : 'none';
}

/** Kafka says -1 for no limit; people also write the largest int64. */
function limitOf(value: string | null | undefined): number | null {
  const limit = Number(value ?? -1);
  return limit < 0 || !Number.isSafeInteger(limit) ? null : limit;
}
