import { expect, test } from 'vitest';
import { LatestMessages } from '../../../electron/engine/pipeline/latest-messages';
import { encodeBatch } from '../kafka/batches';

const records = [{ value: Buffer.from('a') }, { value: Buffer.from('b') }];

function setOf(partition: number, recordSet: Buffer) {
  return { topic: 't', partition, fetchedOffset: 0n, highWatermark: 10n, recordSet, abortedTransactions: [] };
}

test('the last messages of each partition are shown, newest first', () => {
  const latest = new LatestMessages();

  latest.saw(setOf(0, encodeBatch({ baseOffset: 0n, baseTimestamp: 5n, records })));
  latest.saw(setOf(1, encodeBatch({ baseOffset: 7n, baseTimestamp: 9n, records })));

  expect(latest.latest(3).map(({ offset, value }) => [offset, String(value)])).toEqual([
    [8n, 'b'],
    [7n, 'a'],
    [1n, 'b'],
  ]);
});

test('a batch that cannot be read shows nothing and hides nothing of other partitions', () => {
  const latest = new LatestMessages();
  const damaged = encodeBatch({ baseOffset: 0n, records });
  damaged[damaged.length - 1] = 0x7f;

  latest.saw(setOf(0, damaged));
  latest.saw(setOf(1, encodeBatch({ baseOffset: 7n, records })));

  expect(latest.latest(20).map(({ offset }) => offset)).toEqual([8n, 7n]);
});
