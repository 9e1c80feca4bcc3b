import { describe, expect, test } from 'vitest';
import { breadcrumbs } from '../../../electron/engine/send/breadcrumbs';
import { firstOf, type RecordSource } from '../../../electron/engine/send/record-source';
import { sendRecords, type SendOptions, type SendProgress } from '../../../electron/engine/send/sender';
import { PermafrostError } from '../../../shared/errors';
import { JumpingClock, MemoryTopic } from './support';

function generated(count: number): RecordSource {
  return firstOf(count, breadcrumbs({ vehicles: 4, seed: 1, now: () => 0 }));
}

function options(producer: MemoryTopic, count: number, changes: Partial<SendOptions> = {}): SendOptions {
  return {
    topic: 'archivetest',
    source: generated(count),
    producer,
    total: count,
    ratePerSecond: null,
    signal: new AbortController().signal,
    ...changes,
  };
}

describe('the sender', () => {
  test('sends every record once, in order, in batches', async () => {
    const topic = new MemoryTopic(2);

    const result = await sendRecords(options(topic, 5_001));

    const made = breadcrumbs({ vehicles: 4, seed: 1 }).next(5_001);
    expect(topic.records.map(({ value }) => String(value))).toEqual(made.map(({ value }) => String(value)));
    expect(topic.batches.map((batch) => batch.length)).toEqual([2_000, 2_000, 1_001]);
    expect(result).toEqual({ state: 'done', sent: 5_001, last: { partition: 0, offset: 3_000n } });
  });

  test('ends with the source when the total is not known', async () => {
    const topic = new MemoryTopic(1);

    const result = await sendRecords(options(topic, 10, { total: null }));

    expect(result).toEqual({ state: 'done', sent: 10, last: { partition: 0, offset: 9n } });
  });

  test('counts the batch under way when it is cancelled, and sends nothing after it', async () => {
    const controller = new AbortController();
    const topic = new MemoryTopic(1, async (batch) => {
      if (batch === 1) controller.abort();
      await Promise.resolve();
    });

    const result = await sendRecords(options(topic, 100_000, { signal: controller.signal }));

    expect(result).toEqual({ state: 'cancelled', sent: 4_000, last: { partition: 0, offset: 3_999n } });
    expect(topic.records).toHaveLength(4_000);
  });

  test('sends nothing when it was cancelled before', async () => {
    const topic = new MemoryTopic(1);

    const result = await sendRecords(options(topic, 10, { signal: AbortSignal.abort() }));

    expect(result).toEqual({ state: 'cancelled', sent: 0, last: null });
    expect(topic.records).toHaveLength(0);
  });

  test('says how many were sent before it failed', async () => {
    const refusal = new PermafrostError('KAFKA_REFUSED', 'The broker refused.', { context: { topic: 'archivetest' } });
    const topic = new MemoryTopic(1, (batch) => {
      if (batch === 1) throw refusal;
    });

    const sending = sendRecords(options(topic, 10_000));

    await expect(sending).rejects.toMatchObject({
      code: 'KAFKA_REFUSED',
      message: 'The broker refused. 2,000 messages had been sent before.',
      context: { topic: 'archivetest', sent: 2_000 },
    });
  });

  test.each([1, 3, 40, 1_000, 100_000])('keeps to %i a second', async (ratePerSecond) => {
    const clock = new JumpingClock();
    const topic = new MemoryTopic(1);
    const count = Math.min(ratePerSecond * 10, 20_000);

    await sendRecords(options(topic, count, { ratePerSecond, clock }));

    const expectedMs = ((count - 1) / ratePerSecond) * 1000;
    expect(clock.now()).toBeGreaterThanOrEqual(expectedMs - 60);
    expect(clock.now()).toBeLessThanOrEqual(expectedMs * 1.02 + 60);
  });

  test('spreads a low rate evenly', async () => {
    const clock = new JumpingClock();
    const sentAt: number[] = [];
    const topic = new MemoryTopic(1, () => void sentAt.push(clock.now()));

    await sendRecords(options(topic, 5, { ratePerSecond: 1, clock }));

    expect(sentAt).toEqual([0, 1000, 2000, 3000, 4000]);
    expect(topic.batches.every((batch) => batch.length === 1)).toBe(true);
  });

  test('catches up a quarter of a second at most after the broker was slow', async () => {
    const clock = new JumpingClock();
    const topic = new MemoryTopic(1, async (batch) => {
      if (batch === 0) await clock.sleep(60_000);
    });

    await sendRecords(options(topic, 1_000, { ratePerSecond: 100, clock }));

    expect(Math.max(...topic.batches.map((batch) => batch.length))).toBe(25);
  });

  test('reports what was acknowledged, and how fast it goes', async () => {
    const clock = new JumpingClock();
    const reports: SendProgress[] = [];

    await sendRecords(
      options(new MemoryTopic(1), 4_000, {
        ratePerSecond: 400,
        clock,
        onProgress: (progress) => void reports.push(progress),
      }),
    );

    expect(reports.at(-1)).toMatchObject({ done: 4_000, total: 4_000 });
    expect(reports.every((report, index) => report.done > (reports[index - 1]?.done ?? 0))).toBe(true);
    expect(reports.at(-1)?.ratePerSecond).toBeGreaterThan(390);
    expect(reports.at(-1)?.ratePerSecond).toBeLessThan(410);
  });
});
