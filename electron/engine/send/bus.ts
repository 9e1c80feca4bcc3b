/**
 * One bus on its way through Portland: it drives from stop to stop, waits there, turns, ends its trip and starts the
 * next one. Where it is depends on its random numbers and on how often it was moved, on nothing else.
 */
import type { Random } from './random';

/** TriMet's buses report about every five seconds. */
export const TICK_SECONDS = 5;

const PORTLAND = { latitude: 45.52, longitude: -122.66 };
const METERS_PER_DEGREE = (Math.PI / 180) * 6_371_000;
const METERS_PER_DEGREE_OF_LONGITUDE = METERS_PER_DEGREE * Math.cos((PORTLAND.latitude * Math.PI) / 180);
/** from here on a bus turns back towards the city */
const CITY_RADIUS = 9_000;
const MAX_ACCELERATION = 1.2;

/** Hands out the event numbers of trips and stops, one sequence for the whole fleet. */
export interface EventNumbers {
  take(count: number): number;
}

export class Bus {
  readonly vehicleId: number;
  /** number of the trip and of the stop the bus drives to */
  trip = 0;
  stop = 0;
  /** meters driven since the operating day began */
  odometer: number;
  satellites = 12;

  readonly #random: Random;
  readonly #events: EventNumbers;
  /** meters east and north of the city's centre */
  #east: number;
  #north: number;
  /** radians, 0 is north */
  #heading: number;
  #speed = 0;
  #cruisingSpeed = 10;
  #metersToStop = 0;
  #waitingTicks = 0;
  #stopsLeft = 0;

  constructor(vehicleId: number, random: Random, events: EventNumbers) {
    this.vehicleId = vehicleId;
    this.#random = random;
    this.#events = events;
    this.odometer = 100 + random() * 2_000;
    this.#east = (random() - 0.5) * CITY_RADIUS;
    this.#north = (random() - 0.5) * CITY_RADIUS;
    this.#heading = Math.floor(random() * 8) * (Math.PI / 4);
    this.#leaveStop();
  }

  /** in millionths of a degree */
  get microLatitude(): number {
    return Math.round((PORTLAND.latitude + this.#north / METERS_PER_DEGREE) * 1e6);
  }

  /** in millionths of a degree */
  get microLongitude(): number {
    return Math.round((PORTLAND.longitude + this.#east / METERS_PER_DEGREE_OF_LONGITUDE) * 1e6);
  }

  /** Drives, or waits, for one tick. */
  move(): void {
    this.#seeSatellites();
    if (this.#waitingTicks > 0) this.#wait();
    else this.#drive();
  }

  #wait(): void {
    this.#waitingTicks -= 1;
    if (this.#waitingTicks === 0) this.#leaveStop();
  }

  #drive(): void {
    const change = this.#cruisingSpeed - this.#speed;
    this.#speed += Math.sign(change) * Math.min(Math.abs(change), MAX_ACCELERATION * TICK_SECONDS);
    const meters = Math.min(this.#speed * TICK_SECONDS, this.#metersToStop);
    // a street is never quite straight
    this.#heading += (this.#random() - 0.5) * 0.1;
    this.#east += meters * Math.sin(this.#heading);
    this.#north += meters * Math.cos(this.#heading);
    this.odometer += meters;
    this.#metersToStop -= meters;
    if (this.#metersToStop <= 0) this.#arrive();
  }

  #arrive(): void {
    this.#stopsLeft -= 1;
    const nobodyWaits = this.#random() < 0.35;
    if (nobodyWaits && this.#stopsLeft > 0) {
      this.#leaveStop();
      return;
    }
    this.#speed = 0;
    this.#waitingTicks =
      this.#stopsLeft > 0 ? 1 + Math.floor(this.#random() * 5) : 24 + Math.floor(this.#random() * 60);
  }

  #leaveStop(): void {
    if (this.#stopsLeft === 0) this.#startTrip();
    else this.stop += 1;
    this.#metersToStop = 180 + this.#random() * 420;
    this.#cruisingSpeed = 6 + this.#random() * 9;
    this.#turn();
  }

  #turn(): void {
    if (Math.hypot(this.#east, this.#north) > CITY_RADIUS) {
      this.#heading = Math.atan2(-this.#east, -this.#north) + (this.#random() - 0.5);
      return;
    }
    const chance = this.#random();
    if (chance < 0.1) this.#heading += Math.PI / 2;
    else if (chance < 0.2) this.#heading -= Math.PI / 2;
  }

  #startTrip(): void {
    const stops = 20 + Math.floor(this.#random() * 40);
    this.trip = this.#events.take(stops + 2);
    this.stop = this.trip + 2;
    this.#stopsLeft = stops;
  }

  /** Between houses a satellite drops out of sight, and comes back soon: as often as in TriMet's own data. */
  #seeSatellites(): void {
    const chance = this.#random();
    if (chance < 0.06 && this.satellites > 7) this.satellites -= 1;
    else if (chance > 0.65 && this.satellites < 12) this.satellites += 1;
  }
}
