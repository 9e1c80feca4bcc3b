/**
 * IncrementalAlterConfigs version 0 (KIP-339) by hand: kafkajs's own request puts back to their defaults all settings that
 * it does not name.
 *
 *     Request  => [type INT8, name STRING, [name STRING, operation INT8, value NULLABLE_STRING]], validate_only BOOLEAN
 *     Response => throttle_time_ms INT32, [error_code INT16, error_message NULLABLE_STRING, type INT8, name STRING]
 */
import { PermafrostError } from '../../../shared/errors';
import { protocolError } from './kafkajs';
import type { Cluster } from './kafkajs-types';
import { int32, sendHandmade, string, type ProtocolReader } from './protocol';

const INCREMENTAL_ALTER_CONFIGS = 44;
const VERSION = 0;
const TOPIC = Buffer.from([2]);
const SET = Buffer.from([0]);
const DELETE = Buffer.from([1]);
const NULL_STRING = Buffer.from([0xff, 0xff]);
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const FOR_REAL = Buffer.from([0]);

export interface SettingChange {
  readonly name: string;
  /** null: back to the broker's default */
  readonly value: string | null;
}

/** @throws PermafrostError KAFKA_REFUSED with what Kafka says about a value; else what kafkajs throws */
export async function alterSettings(cluster: Cluster, topic: string, changes: readonly SettingChange[]): Promise<void> {
  const broker = await cluster.findControllerBroker();
  const refusal = await sendHandmade(broker, {
    apiKey: INCREMENTAL_ALTER_CONFIGS,
    apiVersion: VERSION,
    apiName: 'IncrementalAlterConfigs',
    body: Buffer.concat([
      int32(1),
      TOPIC,
      string(topic),
      int32(changes.length),
      ...changes.flatMap(({ name, value }) => [
        string(name),
        ...(value === null ? [DELETE, NULL_STRING] : [SET, string(value)]),
      ]),
      FOR_REAL,
    ]),
    decode: readRefusal,
  });
  if (refusal === null) return;
  const names = changes.map(({ name }) => name).join(', ');
  throw new PermafrostError('KAFKA_REFUSED', `Kafka refused to change ${names} of topic ${topic}: ${refusal}`, {
    context: { topic },
  });
}

/** @returns why it was refused, null when it was not */
function readRefusal(reader: ProtocolReader): string | null {
  reader.skip(4);
  const [refusal = null] = reader.array(() => {
    const errorCode = reader.int16();
    const length = reader.int16();
    const message = length < 0 ? `error ${errorCode}` : reader.bytes(length).toString('utf8');
    reader.skip(1);
    reader.string();
    if (errorCode === UNKNOWN_TOPIC_OR_PARTITION) throw protocolError(errorCode);
    return errorCode === 0 ? null : message;
  });
  return refusal;
}
