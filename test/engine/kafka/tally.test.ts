import { expect, test } from 'vitest';
import { TallyComparison } from '../../../electron/engine/kafka/comparison';
import { recordBatches, type RecordBatch } from '../../../electron/engine/kafka/record-batch';
import { Tally } from '../../../electron/engine/kafka/tally';
import { encodeBatch } from './batches';

/** A log of batches with 100 records each. */
function log(batches: number, change: (index: number) => string = String): RecordBatch[] {
  return Array.from({ length: batches }, (_, index) => {
    const records = Array.from({ length: 100 }, () => ({ value: Buffer.from(change(index)) }));
    const [batch] = [...recordBatches(encodeBatch({ baseOffset: BigInt(index * 100), records }))];
    if (batch === undefined) throw new Error('there is no batch');
    return batch;
  });
}

const report = (tally: Tally) => ({ state: tally.state, checkpoints: tally.takeCheckpoints() });

function count(tally: Tally, batches: readonly RecordBatch[]): Tally {
  for (const batch of batches) tally.add(batch, batch.count);
  return tally;
}

test('two groups that saw the same log agree, however far apart they are while they read it', () => {
  const batches = log(120);
  const left = count(Tally.startingAt(0n), batches);
  const right = Tally.startingAt(0n);
  const comparison = new TallyComparison();

  comparison.reportLeft(report(left));
  comparison.reportRight(report(count(right, batches.slice(0, 35))));
  const onTheWay = comparison.result;
  comparison.reportRight(report(count(right, batches.slice(35))));

  expect(onTheWay).toMatchObject({ verdict: 'same', compared: { from: 0n, to: 3_000n } });
  expect(comparison.result).toMatchObject({ verdict: 'same', compared: { from: 0n, to: 12_000n } });
  expect(comparison.result.compared?.left).toEqual(comparison.result.compared?.right);
  expect(comparison.result.compared?.left.messages).toBe(12_000);
});

test('a stretch in which one group saw something else is named', () => {
  const comparison = new TallyComparison();
  const other = log(50, (index) => (index === 23 ? 'changed' : String(index)));

  comparison.reportLeft(report(count(Tally.startingAt(0n), log(50))));
  comparison.reportRight(report(count(Tally.startingAt(0n), other)));

  expect(comparison.result).toMatchObject({ verdict: 'different', firstDifference: { from: 2_000n, to: 3_000n } });
});

test('a group that missed a batch differs in count', () => {
  const comparison = new TallyComparison();
  const batches = log(30);

  comparison.reportLeft(report(count(Tally.startingAt(0n), batches)));
  comparison.reportRight(report(count(Tally.startingAt(0n), batches.toSpliced(12, 1))));

  expect(comparison.result).toMatchObject({ verdict: 'different', firstDifference: { from: 1_000n, to: 2_000n } });
  expect(comparison.result.compared?.right.messages).toBe(2_900);
});

test('what is read again after a rebalance counts once', () => {
  const batches = log(20);
  const once = count(Tally.startingAt(0n), batches);
  const twice = count(
    count(count(Tally.startingAt(0n), batches.slice(0, 15)), batches.slice(4, 15)),
    batches.slice(10),
  );

  expect(twice.state).toEqual(once.state);
});

test('a tally goes on from its saved state, and groups that began at different offsets are compared where both were', () => {
  const batches = log(60);
  const saved = count(Tally.startingAt(0n), batches.slice(0, 20)).state;
  const left = count(new Tally(saved), batches.slice(20));
  const right = count(Tally.startingAt(1_500n), batches.slice(15));
  const comparison = new TallyComparison();

  comparison.reportLeft(report(left));
  comparison.reportRight(report(right));

  expect(left.state).toEqual(count(Tally.startingAt(0n), batches).state);
  expect(comparison.result).toMatchObject({ verdict: 'same', compared: { from: 3_000n, to: 6_000n } });
});

test('nothing is claimed before both have seen something', () => {
  const comparison = new TallyComparison();

  comparison.reportLeft(report(count(Tally.startingAt(0n), log(5))));

  expect(comparison.result).toEqual({ verdict: 'waiting', compared: null, firstDifference: null });
});
