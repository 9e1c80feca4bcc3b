import { expect, test } from 'vitest';
import type { SourceArchive } from '../../../../electron/engine/restore/to-kafka/source';
import {
  NEUTRAL,
  settingsAtWork,
  settingsToSetAside,
} from '../../../../electron/engine/restore/to-kafka/topic-settings';
import type { Coverage } from '../../../../electron/engine/store/coverage-metadata';
import type { StoredObject } from '../../../../electron/engine/store/port';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-23');

function archive(records: number, first: number | null, last: number | null, rawBytes = 1_000): SourceArchive {
  const firstTimestamp = first === null ? null : BigInt(first);
  const lastTimestamp = last === null ? null : BigInt(last);
  return { object: {} as StoredObject, coverage: { records, firstTimestamp, lastTimestamp, rawBytes } as Coverage };
}

const ARCHIVES = [
  [archive(10, NOW - 9 * DAY, NOW - 8 * DAY), archive(20, NOW - 8 * DAY, NOW - DAY), archive(40, NOW - DAY, NOW)],
  [archive(100, null, null)],
];

function atWork(settings: Readonly<Record<string, string>>) {
  return settingsAtWork(new Map(Object.entries(settings)), ARCHIVES, NOW).map(({ name, effect, records }) => [
    name,
    effect,
    records,
  ]);
}

test('neutral settings do nothing to records', () => {
  expect(atWork(NEUTRAL)).toEqual([]);
  expect(atWork({})).toEqual([]);
});

test('retention counts the records that are older or beyond its bytes', () => {
  expect(atWork({ 'retention.ms': String(7 * DAY) })).toEqual([['retention.ms', 'deletes', 30]]);
  expect(atWork({ 'retention.ms': String(30 * DAY) })).toEqual([]);
  expect(atWork({ 'retention.bytes': '1500' })).toEqual([['retention.bytes', 'deletes', 30]]);
  expect(atWork({ 'retention.ms': '0', 'cleanup.policy': 'compact' })).toEqual([['cleanup.policy', 'compacts', 170]]);
  expect(atWork({ 'retention.ms': '0', 'cleanup.policy': 'compact,delete' })).toHaveLength(2);
});

test('time stamps that are replaced or refused are counted', () => {
  expect(atWork({ 'message.timestamp.type': 'LogAppendTime' })).toEqual([['message.timestamp.type', 'alters', 170]]);
  expect(atWork({ 'message.timestamp.before.max.ms': String(2 * DAY) })).toEqual([
    ['message.timestamp.before.max.ms', 'refuses', 30],
  ]);
  expect(atWork({ 'message.timestamp.after.max.ms': '3600000' })).toEqual([]);
  expect(atWork({ 'message.timestamp.difference.max.ms': '0' })).toEqual([
    ['message.timestamp.difference.max.ms', 'refuses', 70],
  ]);
});

test('what is set aside is what is not neutral, and known to the broker', () => {
  const settings = new Map([
    ['retention.ms', { value: '604800000', isOwn: false }],
    ['cleanup.policy', { value: 'compact', isOwn: true }],
    ['retention.bytes', { value: '-1', isOwn: true }],
    ['max.message.bytes', { value: '5', isOwn: true }],
  ]);

  expect(settingsToSetAside(settings)).toEqual({
    'retention.ms': { value: '604800000', isOwn: false },
    'cleanup.policy': { value: 'compact', isOwn: true },
  });
});
