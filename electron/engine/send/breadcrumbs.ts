/**
 * Makes breadcrumbs as TriMet's buses send them, to the letter: the same ten fields, in the same order and notation.
 */
import type { OutgoingRecord } from './producer-port';
import { Bus, TICK_SECONDS } from './bus';
import { seededRandom, type Random } from './random';

export interface BreadcrumbOptions {
  /** 1 to 1,000 */
  readonly vehicles: number;
  /** uint32; the same seed makes the same messages */
  readonly seed: number;
  /** when the buses leave, ms since 1970; its UTC reading becomes OPD_DATE and ACT_TIME. 20 December 2022, 05:00 */
  readonly startAt?: number;
  /** the records' Kafka timestamp, asked once a call of next; the breadcrumbs themselves don't depend on it */
  readonly now?: () => number;
}

export interface Breadcrumbs {
  next(count: number): OutgoingRecord[];
}

const DAY_SECONDS = 86_400;
const FIRST_EVENT_NUMBER = 223_240_862;
const FIRST_VEHICLE_ID = 2_901;
const HEADERS: OutgoingRecord['headers'] = [['source', Buffer.from('breadcrumb-generator')]];

/** @returns an endless source; buses report in turn, so that their messages interleave as on the real feed */
export function breadcrumbs(options: BreadcrumbOptions): Breadcrumbs {
  const { vehicles, seed, startAt = Date.UTC(2022, 11, 20, 5), now = Date.now } = options;
  const fleet = createFleet(vehicles, seed, Math.floor(startAt / 1000));
  let turn = 0;

  const report = (timestamp: number): OutgoingRecord => {
    for (;;) {
      const reporter = fleet[turn++ % fleet.length];
      const value = reporter?.report();
      if (reporter !== undefined && value !== undefined && value !== null) {
        return { key: reporter.key, value, headers: HEADERS, timestamp };
      }
    }
  };
  return {
    next: (count) => {
      const timestamp = now();
      return Array.from({ length: count }, () => report(timestamp));
    },
  };
}

function createFleet(vehicles: number, seed: number, startSeconds: number): Reporter[] {
  let nextEvent = FIRST_EVENT_NUMBER;
  const events = {
    take: (count: number) => {
      const first = nextEvent;
      nextEvent += count;
      return first;
    },
  };
  return Array.from({ length: vehicles }, (_, index) => {
    const random = seededRandom(seed, index);
    // 617 and 1,000 have no common divisor: up to 1,000 different numbers, in no order, as a fleet has them
    const vehicleId = FIRST_VEHICLE_ID + ((index * 617) % 1_000);
    return new Reporter(new Bus(vehicleId, random, events), random, startSeconds);
  });
}

/** The device in a bus that reports where it is, when, and how well it sees the satellites. */
class Reporter {
  readonly key: Buffer;
  readonly #bus: Bus;
  readonly #random: Random;
  /** seconds since 1970 */
  #seconds: number;
  #day: number;
  #date: string;

  constructor(bus: Bus, random: Random, startSeconds: number) {
    this.key = Buffer.from(String(bus.vehicleId));
    this.#bus = bus;
    this.#random = random;
    this.#seconds = startSeconds + Math.floor(random() * TICK_SECONDS);
    this.#day = Math.floor(this.#seconds / DAY_SECONDS);
    this.#date = operatingDate(this.#day);
  }

  /** @returns null where there was no reception, e.g. in a tunnel */
  report(): Buffer | null {
    const bus = this.#bus;
    bus.move();
    this.#seconds += TICK_SECONDS;
    if (this.#random() < 0.04) return null;

    const actTime = this.#timeOfDay();
    const hdop = 6 + Math.floor((this.#random() + this.#random()) * 2) + 2 * (12 - bus.satellites);
    return Buffer.from(
      `{"EVENT_NO_TRIP": ${bus.trip}, "EVENT_NO_STOP": ${bus.stop}, "OPD_DATE": "${this.#date}", ` +
        `"VEHICLE_ID": ${bus.vehicleId}, "METERS": ${Math.floor(bus.odometer)}, "ACT_TIME": ${actTime}, ` +
        `"GPS_LONGITUDE": ${degrees(bus.microLongitude)}, "GPS_LATITUDE": ${degrees(bus.microLatitude)}, ` +
        `"GPS_SATELLITES": ${bus.satellites}.0, "GPS_HDOP": ${Math.floor(hdop / 10)}.${hdop % 10}}`,
      'latin1',
    );
  }

  /** Seconds since midnight. A new operating day begins at midnight, and with it the odometer at 0. */
  #timeOfDay(): number {
    const day = Math.floor(this.#seconds / DAY_SECONDS);
    if (day !== this.#day) {
      this.#day = day;
      this.#date = operatingDate(day);
      this.#bus.odometer = 0;
    }
    return this.#seconds - day * DAY_SECONDS;
  }
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** e.g. 20DEC2022:00:00:00 */
function operatingDate(daysSince1970: number): string {
  const date = new Date(daysSince1970 * DAY_SECONDS * 1000);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${day}${MONTHS[date.getUTCMonth()] ?? ''}${date.getUTCFullYear()}:00:00:00`;
}

/** As Python writes a float: the shortest digits, but never without a point. */
function degrees(micro: number): string {
  return micro % 1_000_000 === 0 ? `${micro / 1_000_000}.0` : String(micro / 1_000_000);
}
