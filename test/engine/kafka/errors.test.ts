import { expect, test } from 'vitest';
import { fromKafkajs } from '../../../electron/engine/kafka/errors';
import { kafkajs } from '../../../electron/engine/kafka/kafkajs';

const { KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } =
  kafkajs;

function protocolError(type: string): Error {
  return new KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 1 }));
}

test.each([
  ['a connection that broke', new KafkaJSConnectionError('Closed connection')],
  ['a broker that was not connected any more', new Error('Broker not connected')],
  ['that, taken for final by kafkajs', new KafkaJSNonRetriableError(new Error('Broker not connected'))],
  ['a leader that is being chosen', protocolError('LEADER_NOT_AVAILABLE')],
  [
    'many tries of one',
    new KafkaJSNumberOfRetriesExceeded(new KafkaJSConnectionError('Closed'), { retryCount: 5, retryTime: 1 }),
  ],
])('%s may pass', (_what, thrown) => {
  expect(fromKafkajs(thrown, 'Asking')).toMatchObject({ code: 'KAFKA_UNAVAILABLE', retriable: true });
});

test.each([
  ['a right that is missing', protocolError('GROUP_AUTHORIZATION_FAILED'), 'KAFKA_DENIED'],
  ['anything else', new Error('what is this'), 'KAFKA_REFUSED'],
])('%s does not', (_what, thrown, code) => {
  expect(fromKafkajs(thrown, 'Asking')).toMatchObject({ code, retriable: false });
});
