import { describe, expect, it } from 'vitest';
import { highestOf, roundUp, stableTop } from '../../../renderer/screens/live/chart-scale';
import { progress, timeLeft } from '../../../renderer/stores/jobs';
import { whyNotForget } from '../../../renderer/stores/keys';
import { shareUnchanged } from '../../../renderer/stores/share-unchanged';
import { ThroughputHistory } from '../../../renderer/stores/throughput-history';
import type { JobView } from '../../../shared/model/job';
import type { KeyView } from '../../../shared/model/key';

describe('shareUnchanged', () => {
  it('keeps the very objects that did not change', () => {
    const before = { groups: { a: { lag: 1 }, b: { lag: 2 } }, uploads: [{ at: 1 }] };
    const after = shareUnchanged(before, { groups: { a: { lag: 1 }, b: { lag: 3 } }, uploads: [{ at: 1 }] });
    expect(after).toEqual({ groups: { a: { lag: 1 }, b: { lag: 3 } }, uploads: [{ at: 1 }] });
    expect(after.uploads).toBe(before.uploads);
    expect(after.groups.a).toBe(before.groups.a);
    expect(after.groups.b).not.toBe(before.groups.b);
  });

  it('gives the whole back when nothing changed', () => {
    const before = { list: [1, { x: null }] };
    expect(shareUnchanged(before, { list: [1, { x: null }] })).toBe(before);
  });

  it('notices what was added, removed or became null', () => {
    expect(shareUnchanged({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 });
    expect(shareUnchanged([1, 2], [1])).toEqual([1]);
    expect(shareUnchanged({ a: { b: 1 } }, { a: null })).toEqual({ a: null });
    expect(shareUnchanged({ a: [] as unknown }, { a: {} })).toEqual({ a: {} });
  });
});

describe('ThroughputHistory', () => {
  const sample = (at: number) => ({ at, producer: at, pipeline: null, archiver: 1 });

  it('puts what main remembers in front of what came since, each sample once', () => {
    const history = new ThroughputHistory();
    history.add([sample(3_000)]);
    history.addEarlier([sample(1_000), sample(2_000), sample(3_000)]);
    history.add([sample(3_000), sample(4_000)]);
    expect(history.columns(60_000).at).toEqual([1, 2, 3, 4]);
  });

  it('gives only the stretch that is shown, with gaps as null', () => {
    const history = new ThroughputHistory();
    history.add([sample(1_000), sample(100_000), sample(101_000)]);
    const { at, pipeline } = history.columns(10_000);
    expect(at).toEqual([100, 101]);
    expect(pipeline).toEqual([null, null]);
  });

  it('forgets what is older than five minutes', () => {
    const history = new ThroughputHistory();
    history.add([sample(0), sample(300_001)]);
    expect(history.columns(600_000).at).toEqual([300.001]);
  });
});

describe("the chart's scale", () => {
  it.each([
    [0, 10],
    [11, 20],
    [210, 400],
    [4_100, 5_000],
    [12_900, 20_000],
    [100_000, 100_000],
  ])('takes %s up to %s', (value, top) => {
    expect(roundUp(value)).toBe(top);
  });

  it('grows at once and shrinks only when it is far too large', () => {
    expect(stableTop(0, 12_000)).toBe(20_000);
    expect(stableTop(20_000, 9_000)).toBe(20_000);
    expect(stableTop(20_000, 25_000)).toBe(40_000);
    expect(stableTop(20_000, 1_000)).toBe(2_000);
  });

  it('looks past what was not measured', () => {
    expect(highestOf([[null, 3], [], [7, null]])).toBe(7);
  });
});

describe('jobs', () => {
  const job: JobView = {
    id: '1',
    kind: 'download',
    title: 'Download',
    state: 'running',
    done: 25,
    total: 100,
    unit: 'bytes',
    ratePerSecond: 10,
    startedAt: 0,
    endedAt: null,
    result: null,
    error: null,
  };

  it('tells the time left from what is left and the rate', () => {
    expect(timeLeft(job)).toBe(7_500);
  });

  it('tells no time left without a rate or a total', () => {
    expect(timeLeft({ ...job, ratePerSecond: null })).toBeNull();
    expect(timeLeft({ ...job, ratePerSecond: 0 })).toBeNull();
    expect(timeLeft({ ...job, total: null })).toBeNull();
    expect(timeLeft({ ...job, state: 'done' })).toBeNull();
  });

  it('knows progress only with a total', () => {
    expect(progress(job)).toBe(0.25);
    expect(progress({ ...job, total: null })).toBeNull();
    expect(progress({ ...job, total: 0, done: 0 })).toBe(1);
  });
});

describe('forgetting a key', () => {
  const key: KeyView = {
    fingerprint: 'SHA256:x',
    bits: 3072,
    origin: 'generated',
    createdAt: 0,
    exportedAt: 1,
    current: false,
    publicKey: '',
  };

  it('is refused for the current key and for one that lies nowhere else', () => {
    expect(whyNotForget({ ...key, current: true })).toContain('Make another key current');
    expect(whyNotForget({ ...key, exportedAt: null })).toContain('Export it first');
  });

  it('is allowed for an exported key, and for an imported one', () => {
    expect(whyNotForget(key)).toBeNull();
    expect(whyNotForget({ ...key, origin: 'imported', exportedAt: null })).toBeNull();
  });
});
