import { expect, test } from 'vitest';
import { Random } from './random';
import { nameOf, schedule, type Step } from './schedule';

function first(count: number, seed: number): Step[] {
  const steps = schedule(new Random(seed), { sessionMs: 2_000, brokerFaultsOneIn: 12 });
  return Array.from({ length: count }, () => steps.next().value);
}

test('the same seed makes the same schedule, another one another', () => {
  expect(first(200, 7)).toEqual(first(200, 7));
  expect(first(200, 7)).not.toEqual(first(200, 8));
});

test('a thousand faults are of all kinds', () => {
  const names = new Set(first(1_000, 1).map(({ fault }) => nameOf(fault)));

  expect([...names]).toEqual(
    expect.arrayContaining([
      ...['kill', 'stop', 'crash', 'pause', 'join', 'leave', 'leave (killed)', 'clock jump', 'connections cut'],
      ...['broker kill', 'broker restart', 'bucket kill', 'bucket storm'],
      ...[
        'bucket upload: lose-reply',
        'bucket upload: duplicate',
        'bucket upload: cut-body',
        'bucket upload: throttle',
      ],
      ...['kafka OffsetCommit: refuse', 'kafka Fetch: cut-within-reply', 'kafka Heartbeat: delay'],
    ]),
  );
});
