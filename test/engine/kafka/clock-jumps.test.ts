/** A clock that is set back by a day must not make kafkajs wait for a day. */
import { createRequire } from 'node:module';
import { afterEach, expect, test, vi } from 'vitest';
import { kafkajs } from '../../../electron/engine/kafka/kafkajs';

const load = createRequire(import.meta.url);
const DAY_MS = 86_400_000;

afterEach(() => vi.restoreAllMocks());

function made(module: string): Record<string, unknown> {
  expect(kafkajs).toBeDefined(); // its seams are in
  return Object.create((load(module) as { prototype: object }).prototype) as Record<string, unknown>;
}

test.each([
  ['kafkajs/src/network/requestQueue/socketRequest', 'sentAt'],
  ['kafkajs/src/consumer/consumerGroup', 'lastRequest'],
])('%s: %s is never ahead of the clock, and counts on from where the clock was set back to', (module, field) => {
  const now = Date.now();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(now);
  const one = made(module);
  const other = made(module);
  one[field] = now;
  other[field] = null;
  expect([one[field], other[field]]).toEqual([now, null]);

  clock.mockReturnValue(now - DAY_MS);
  expect(one[field]).toBe(now - DAY_MS);
  clock.mockReturnValue(now - DAY_MS + 30_000);
  expect(one[field]).toBe(now - DAY_MS);
  expect(other[field]).toBeNull();
});
