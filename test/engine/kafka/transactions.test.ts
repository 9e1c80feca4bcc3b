import { expect, test } from 'vitest';
import { recordBatches, type RecordBatch } from '../../../electron/engine/kafka/record-batch';
import { TransactionFilter } from '../../../electron/engine/kafka/transactions';
import { encodeBatch } from './batches';

const TRANSACTIONAL = 0b1_0000;
const CONTROL = 0b11_0000;
const ABORT = Buffer.from([0, 0, 0, 0]);
const COMMIT = Buffer.from([0, 0, 0, 1]);

function batch(baseOffset: bigint, producerId: bigint, marker: Buffer | null = null): RecordBatch {
  const attributes = marker === null ? TRANSACTIONAL : CONTROL;
  const [parsed] = recordBatches(encodeBatch({ baseOffset, producerId, attributes, records: [{ key: marker }] }));
  return parsed!;
}

const ABORTED = [{ producerId: '7', firstOffset: '0' }];

test('what lies between the first offset of an aborted transaction and its marker is aborted, of that producer alone', () => {
  const filter = new TransactionFilter(ABORTED);

  expect([
    filter.classify(batch(0n, 7n)),
    filter.classify(batch(1n, 8n)),
    filter.classify(batch(2n, 8n, COMMIT)),
    filter.classify(batch(3n, 7n)),
    filter.classify(batch(4n, 7n, ABORT)),
    filter.classify(batch(5n, 7n)),
  ]).toEqual(['aborted', 'records', 'control', 'aborted', 'control', 'records']);
});

test('a marker that cannot be read ends the transaction too: nothing that was committed later is left out', () => {
  const filter = new TransactionFilter(ABORTED);

  expect(filter.classify(batch(0n, 7n))).toBe('aborted');
  filter.pass(batch(1n, 7n, ABORT));

  expect(filter.classify(batch(2n, 7n))).toBe('records');
});

test('neither does an aborted batch that cannot be read hide its marker', () => {
  const filter = new TransactionFilter(ABORTED);

  filter.pass(batch(0n, 7n));
  filter.pass(batch(1n, 7n, ABORT));

  expect(filter.classify(batch(2n, 7n))).toBe('records');
});
