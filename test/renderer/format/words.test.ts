import { describe, expect, it } from 'vitest';
import { gapReason, storageClassName, verdictText } from '../../../renderer/format/words';
import type { PartitionComparison } from '../../../shared/model/live';

const same: PartitionComparison = {
  partition: 0,
  verdict: 'same',
  from: '0',
  to: '1200',
  pipeline: { messages: 1_200, digest: 'aa' },
  archiver: { messages: 1_200, digest: 'aa' },
  firstDifference: null,
};

describe('the verdict on both groups', () => {
  it('says on how many messages of how many partitions "same" rests', () => {
    const { title, detail, tone } = verdictText({ verdict: 'same', partitions: [same, { ...same, partition: 1 }] });
    expect(title).toBe('Both groups saw the same messages');
    expect(detail).toBe('2,400 messages compared by count and digest, in 2 partitions');
    expect(tone).toBe('good');
  });

  it('names partition and offsets where they differ', () => {
    const different: PartitionComparison = {
      ...same,
      partition: 2,
      verdict: 'different',
      firstDifference: { from: '1000', to: '1100' },
    };
    const { title, detail, tone } = verdictText({ verdict: 'different', partitions: [same, different] });
    expect(title).toBe('The groups saw different messages');
    expect(detail).toBe('Partition 2, between offsets 1,000 and 1,100');
    expect(tone).toBe('bad');
  });

  it('falls back on the compared stretch when the first difference is not known', () => {
    const { detail } = verdictText({ verdict: 'different', partitions: [{ ...same, verdict: 'different' }] });
    expect(detail).toBe('Partition 0, between offsets 0 and 1,200');
  });

  it('claims nothing while it waits', () => {
    expect(verdictText({ verdict: 'waiting', partitions: [] }).title).toBe('Nothing to compare yet');
  });
});

it("keeps the spelling of what it doesn't know", () => {
  expect(storageClassName('NEARLINE')).toBe('Nearline');
  expect(storageClassName('MULTI_REGIONAL')).toBe('MULTI_REGIONAL');
  expect(gapReason('something-new')).toBe('gap: something-new');
});
