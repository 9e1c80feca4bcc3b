import { describe, expect, test } from 'vitest';
import { breadcrumbs } from '../../../electron/engine/send/breadcrumbs';

const FIELDS = [
  'EVENT_NO_TRIP',
  'EVENT_NO_STOP',
  'OPD_DATE',
  'VEHICLE_ID',
  'METERS',
  'ACT_TIME',
  'GPS_LONGITUDE',
  'GPS_LATITUDE',
  'GPS_SATELLITES',
  'GPS_HDOP',
];

/** json.dumps of Python: a blank behind colons and commas, floats never without a point */
const NOTATION = new RegExp(
  '^\\{"EVENT_NO_TRIP": \\d{9}, "EVENT_NO_STOP": \\d{9}, "OPD_DATE": "\\d\\d[A-Z]{3}\\d{4}:00:00:00", ' +
    '"VEHICLE_ID": \\d{4}, "METERS": \\d+, "ACT_TIME": \\d+, "GPS_LONGITUDE": -122\\.\\d{1,6}, ' +
    '"GPS_LATITUDE": 45\\.\\d{1,6}, "GPS_SATELLITES": \\d+\\.0, "GPS_HDOP": \\d\\.\\d\\}$',
);

interface Breadcrumb {
  readonly EVENT_NO_TRIP: number;
  readonly EVENT_NO_STOP: number;
  readonly OPD_DATE: string;
  readonly VEHICLE_ID: number;
  readonly METERS: number;
  readonly ACT_TIME: number;
  readonly GPS_LONGITUDE: number;
  readonly GPS_LATITUDE: number;
  readonly GPS_SATELLITES: number;
  readonly GPS_HDOP: number;
}

function texts(options: Parameters<typeof breadcrumbs>[0], count: number): string[] {
  return breadcrumbs(options)
    .next(count)
    .map(({ value }) => String(value));
}

function parsed(options: Parameters<typeof breadcrumbs>[0], count: number): Breadcrumb[] {
  return texts(options, count).map((text) => JSON.parse(text) as Breadcrumb);
}

/** The reports of each vehicle, in pairs that follow on each other. */
function steps(reports: readonly Breadcrumb[]): [Breadcrumb, Breadcrumb][] {
  const last = new Map<number, Breadcrumb>();
  const pairs: [Breadcrumb, Breadcrumb][] = [];
  for (const report of reports) {
    const before = last.get(report.VEHICLE_ID);
    if (before !== undefined) pairs.push([before, report]);
    last.set(report.VEHICLE_ID, report);
  }
  return pairs;
}

function distance(from: Breadcrumb, to: Breadcrumb): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const dLat = radians(to.GPS_LATITUDE - from.GPS_LATITUDE);
  const dLon = radians(to.GPS_LONGITUDE - from.GPS_LONGITUDE) * Math.cos(radians(from.GPS_LATITUDE));
  return Math.hypot(dLat, dLon) * 6_371_000;
}

describe('breadcrumbs', () => {
  test('are written to the letter as the real feed writes them', () => {
    for (const text of texts({ vehicles: 40, seed: 7 }, 20_000)) expect(text).toMatch(NOTATION);
  });

  test('have the ten fields, in order', () => {
    for (const report of parsed({ vehicles: 3, seed: 1 }, 500)) expect(Object.keys(report)).toEqual(FIELDS);
  });

  test('are the same for the same seed, however they are asked for', () => {
    const once = breadcrumbs({ vehicles: 5, seed: 42, now: () => 1 }).next(1_000);
    const source = breadcrumbs({ vehicles: 5, seed: 42, now: () => 1 });
    const inParts = [1, 99, 400, 500].flatMap((count) => source.next(count));

    expect(inParts).toEqual(once);
  });

  test('differ with the seed', () => {
    expect(texts({ vehicles: 5, seed: 1 }, 100)).not.toEqual(texts({ vehicles: 5, seed: 2 }, 100));
  });

  test('carry the vehicle as key, one header and the time they were asked for', () => {
    const [record] = breadcrumbs({ vehicles: 1, seed: 1, now: () => 1_671_494_400_000 }).next(1);

    expect(String(record!.key)).toBe(String((JSON.parse(String(record!.value)) as Breadcrumb).VEHICLE_ID));
    expect(record!.headers).toEqual([['source', Buffer.from('breadcrumb-generator')]]);
    expect(record!.timestamp).toBe(1_671_494_400_000);
  });

  test('come from as many vehicles as were asked for, in turn', () => {
    const vehicles = parsed({ vehicles: 1_000, seed: 1 }, 3_000).map((report) => report.VEHICLE_ID);

    expect(new Set(vehicles).size).toBe(1_000);
    expect(vehicles.every((vehicle, index) => vehicle !== vehicles[index - 1])).toBe(true);
  });

  test('follow tracks without a leap, at the speed of a bus, and METERS agrees with the positions', () => {
    for (const [from, to] of steps(parsed({ vehicles: 8, seed: 3 }, 16_000))) {
      const seconds = to.ACT_TIME - from.ACT_TIME + (to.OPD_DATE === from.OPD_DATE ? 0 : 86_400);
      const meters = distance(from, to);

      expect(seconds % 5).toBe(0);
      expect(seconds).toBeGreaterThan(0);
      expect(meters).toBeLessThanOrEqual(seconds * 15.1 + 1);
      if (to.OPD_DATE !== from.OPD_DATE) continue;
      const driven = to.METERS - from.METERS;
      expect(driven).toBeGreaterThanOrEqual(0);
      // METERS is cut to whole meters, and between two reports a bus may have turned a corner
      expect(meters).toBeLessThanOrEqual(driven * 1.005 + 1.5);
      if (seconds === 5) expect(Math.abs(meters - driven)).toBeLessThanOrEqual(1.5 + driven * 0.005);
    }
  });

  test('stop at stops, and go on to the next stop and the next trip', () => {
    const reports = parsed({ vehicles: 1, seed: 9 }, 4_000);
    const pairs = steps(reports);

    expect(pairs.some(([from, to]) => distance(from, to) === 0)).toBe(true);
    expect(pairs.every(([from, to]) => to.EVENT_NO_TRIP >= from.EVENT_NO_TRIP)).toBe(true);
    expect(pairs.every(([from, to]) => to.EVENT_NO_STOP >= from.EVENT_NO_STOP)).toBe(true);
    expect(new Set(reports.map((report) => report.EVENT_NO_TRIP)).size).toBeGreaterThan(2);
    expect(new Set(reports.map((report) => report.EVENT_NO_STOP)).size).toBeGreaterThan(50);
  });

  test('see a believable number of satellites', () => {
    const reports = parsed({ vehicles: 10, seed: 5 }, 20_000);
    const inFullSight = reports.filter((report) => report.GPS_SATELLITES === 12).length / reports.length;

    expect(inFullSight).toBeGreaterThan(0.7);
    expect(reports.every(({ GPS_SATELLITES: seen }) => seen >= 7 && seen <= 12)).toBe(true);
    expect(reports.every(({ GPS_HDOP: hdop }) => hdop >= 0.6 && hdop <= 2.8)).toBe(true);
  });

  test('begin a new operating day at midnight', () => {
    const startAt = Date.UTC(2022, 11, 31, 23, 59, 0);
    const reports = parsed({ vehicles: 1, seed: 1, startAt }, 30);
    const firstOfNewYear = reports.find((report) => report.OPD_DATE !== '31DEC2022:00:00:00')!;

    expect(firstOfNewYear.OPD_DATE).toBe('01JAN2023:00:00:00');
    expect(firstOfNewYear.ACT_TIME).toBeLessThan(20);
    expect(firstOfNewYear.METERS).toBeLessThan(200);
  });
});
