/**
 * Topic ids (KIP-516), which kafkajs cannot ask for: Metadata version 12 by hand.
 *
 *     Request  => TAGS, topics COMPACT_ARRAY [topic_id UUID, name COMPACT_NULLABLE_STRING, TAGS],
 *                 allow_auto_topic_creation BOOLEAN, include_topic_authorized_operations BOOLEAN, TAGS
 *     Response => TAGS, throttle_time_ms INT32, brokers COMPACT_ARRAY [node_id INT32, host COMPACT_STRING, port INT32,
 *                 rack COMPACT_NULLABLE_STRING, TAGS], cluster_id COMPACT_NULLABLE_STRING, controller_id INT32,
 *                 topics COMPACT_ARRAY [error_code INT16, name COMPACT_NULLABLE_STRING, topic_id UUID, ...]
 *
 * The leading TAGS belong to the flexible request and response headers. Source: kafka.apache.org/protocol, Metadata.
 */
import { PermafrostError } from '../../../shared/errors';
import { fromKafkajs } from './errors';
import { encodedRequest } from './kafkajs';
import type { Broker, Cluster } from './kafkajs-types';

export interface TopicIdentity {
  readonly clusterId: string;
  /** 22 characters of base64url as Kafka prints it; null where the broker has no topic ids */
  readonly topicId: string | null;
}

const METADATA = 3;
const VERSION = 12;
const NO_ERROR = 0;
const UNKNOWN_TOPIC_OR_PARTITION = 3;

/** @returns null when the topic does not exist */
export async function fetchTopicIdentity(cluster: Cluster, topic: string): Promise<TopicIdentity | null> {
  try {
    const broker = await cluster.findControllerBroker();
    const offered = broker.versions === null ? undefined : broker.versions[METADATA];
    if (offered === undefined || offered.maxVersion < VERSION) {
      throw new PermafrostError(
        'KAFKA_REFUSED',
        `The broker is too old to tell the id of topic ${topic}: Kafka 2.8 or newer is needed.`,
        { context: { topic } },
      );
    }
    return await requestIdentity(broker, topic);
  } catch (thrown) {
    throw fromKafkajs(thrown, `Asking for the id of topic ${topic}`, { topic });
  }
}

function requestIdentity(broker: Broker, topic: string): Promise<TopicIdentity | null> {
  return broker.connectionPool.send({
    request: {
      apiKey: METADATA,
      apiVersion: VERSION,
      apiName: 'Metadata',
      encode: () => Promise.resolve(encodedRequest(encodeRequest(topic))),
    },
    response: {
      decode: (raw: Buffer) => Promise.resolve(raw),
      parse: (raw: Buffer) => Promise.resolve(decode(raw, topic)),
    },
  });
}

function encodeRequest(topic: string): Buffer {
  const name = Buffer.from(topic, 'utf8');
  return Buffer.concat([
    Buffer.from([0, 2]), // no header tags; one topic
    Buffer.alloc(16), // no id: asked by name
    unsignedVarint(name.length + 1),
    name,
    Buffer.from([0, 0, 0, 0]), // topic's tags, no auto creation, no operations, tags
  ]);
}

function unsignedVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 0x80) return Buffer.from([...bytes, left]);
    bytes.push((left & 0x7f) | 0x80);
  }
}

function decode(raw: Buffer, topic: string): TopicIdentity | null {
  const reader = new FlexibleReader(raw);
  reader.skipTags();
  reader.skip(4);
  for (let brokers = reader.compactLength(); brokers > 0; brokers -= 1) {
    reader.skip(4);
    reader.compactString();
    reader.skip(4);
    reader.compactString();
    reader.skipTags();
  }
  const clusterId = reader.compactString();
  reader.skip(4);
  const topics = reader.compactLength();
  const errorCode = topics === 1 ? reader.int16() : UNKNOWN_TOPIC_OR_PARTITION;
  if (errorCode === UNKNOWN_TOPIC_OR_PARTITION) return null;
  if (errorCode !== NO_ERROR) {
    throw new PermafrostError('KAFKA_UNAVAILABLE', `Kafka cannot describe topic ${topic} now (error ${errorCode}).`, {
      context: { topic },
    });
  }
  reader.compactString();
  const id = reader.bytes(16);
  return {
    clusterId: clusterId ?? 'unknown',
    topicId: id.every((byte) => byte === 0) ? null : id.toString('base64url'),
  };
}

class FlexibleReader {
  readonly #raw: Buffer;
  #at = 0;

  constructor(raw: Buffer) {
    this.#raw = raw;
  }

  skip(length: number): void {
    this.#at += length;
  }

  bytes(length: number): Buffer {
    if (this.#at + length > this.#raw.length) throw new RangeError('The Metadata response is cut off');
    this.#at += length;
    return this.#raw.subarray(this.#at - length, this.#at);
  }

  int16(): number {
    return this.bytes(2).readInt16BE(0);
  }

  unsignedVarint(): number {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.bytes(1).readUInt8(0);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  /** an array's or a string's length; -1 for null */
  compactLength(): number {
    return this.unsignedVarint() - 1;
  }

  compactString(): string | null {
    const length = this.compactLength();
    return length < 0 ? null : this.bytes(length).toString('utf8');
  }

  skipTags(): void {
    for (let tags = this.unsignedVarint(); tags > 0; tags -= 1) {
      this.unsignedVarint();
      this.skip(this.unsignedVarint());
    }
  }
}

/** The life of a topic, as it stands in an archive's name: its id, or the cluster's where there are no topic ids. */
export function lifeOf(identity: TopicIdentity): string {
  return identity.topicId ?? `c-${identity.clusterId}`;
}
