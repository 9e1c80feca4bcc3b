/**
 * Figures, times and names as a person reads them: decimal units, three significant digits, "–" where nothing was
 * measured yet. Every short form has an exact twin for the hover.
 */

/** Stands where nothing was measured yet; never 0. */
export const NOTHING = '–';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const groupedExact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const COUNT_UNITS = ['', ' k', ' M', ' G'] as const;

/** 3,592,651. Takes int64 as decimal digits, too. */
export function count(value: number | bigint | string | null): string {
  if (value === null) return NOTHING;
  if (typeof value === 'number') return grouped.format(value);
  return grouped.format(typeof value === 'string' ? BigInt(value) : value);
}

/** "1 archive", "12 archives" */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 512 B, 1.23 kB, 10.9 MB, 104 GB: decimal, three significant digits. */
export function bytes(value: number | null): string {
  if (value === null) return NOTHING;
  if (value < 1000) return `${grouped.format(value)} B`;
  return scaled(value, BYTE_UNITS);
}

/** 10,923,456 bytes */
export function exactBytes(value: number | null): string {
  return value === null ? NOTHING : `${grouped.format(value)} ${value === 1 ? 'byte' : 'bytes'}`;
}

export function byteRate(value: number | null): string {
  return value === null ? NOTHING : `${bytes(Math.round(value))}/s`;
}

export function exactByteRate(value: number | null): string {
  return value === null ? 'Not measured yet' : `${groupedExact.format(value)} bytes a second`;
}

/** 12.4 k, 640, 4.2: a rate without its unit. */
export function rate(value: number | null): string {
  if (value === null) return NOTHING;
  if (value < 1000) return threeDigits(value);
  return scaled(value, COUNT_UNITS);
}

export function exactRate(value: number | null): string {
  return value === null ? 'Not measured yet' : `${groupedExact.format(value)} messages a second`;
}

/** 11.0%, 136%, 0.03%; of nothing there is no share. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return NOTHING;
  const share = (part / whole) * 100;
  if (share === 0) return '0%';
  return `${share < 0.01 ? '<0.01' : significant(share)}%`;
}

/** +0.03%, −89.0%: how much a step adds or takes away. */
export function change(before: number, after: number): string {
  if (before === 0) return NOTHING;
  const share = ((after - before) / before) * 100;
  if (share === 0) return '±0%';
  const sign = share > 0 ? '+' : '−';
  const size = Math.abs(share);
  return `${sign}${size < 0.01 ? '<0.01' : significant(size)}%`;
}

function scaled(value: number, units: readonly string[]): string {
  let exponent = Math.min(Math.floor(Math.log10(value) / 3), units.length - 1);
  let number = value / 1000 ** exponent;
  if (Number(number.toPrecision(3)) >= 1000 && exponent < units.length - 1) {
    exponent += 1;
    number = value / 1000 ** exponent;
  }
  const unit = units[exponent] ?? '';
  return `${significant(number)}${unit === '' || unit.startsWith(' ') ? '' : ' '}${unit}`;
}

/** Three significant digits, trailing zeros kept, larger numbers whole. */
function significant(value: number): string {
  if (value >= 999.5) return grouped.format(value);
  if (value < 0.995) return value.toFixed(2);
  return value.toPrecision(3);
}

function threeDigits(value: number): string {
  if (Number.isInteger(value) || value >= 99.95) return grouped.format(value);
  return String(Number(value.toPrecision(3)));
}

/** 1,204,112 – 1,245,981, both inclusive. @param nextOffset exclusive */
export function offsetRange(firstOffset: string, nextOffset: string): string {
  const last = BigInt(nextOffset) - 1n;
  if (last < BigInt(firstOffset)) return `${count(firstOffset)}, empty`;
  return last === BigInt(firstOffset) ? count(firstOffset) : `${count(firstOffset)} – ${count(last)}`;
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const preciseTime = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/** Kafka's timestamps are int64: what no calendar holds is shown as its digits. */
function dateOf(ms: number | string): Date | null {
  const date = new Date(Number(ms));
  return Number.isNaN(date.getTime()) ? null : date;
}

/** -1 is Kafka's "no timestamp". */
function isNoTime(ms: number | string | null): ms is null {
  return ms === null || Number(ms) === -1;
}

/** 20 Dec 2022, 16:52 on this computer's clock. */
export function localTime(ms: number | string | null): string {
  if (isNoTime(ms)) return NOTHING;
  const date = dateOf(ms);
  return date === null ? String(ms) : dayAndTime.format(date);
}

/** 16:52:52 on this computer's clock */
export function clockTime(ms: number): string {
  return clock.format(ms);
}

/** 16:52:52.140 */
export function localTimeOfDay(ms: number | string | null): string {
  if (isNoTime(ms)) return NOTHING;
  const date = dateOf(ms);
  return date === null ? String(ms) : preciseTime.format(date);
}

/** 2022-12-20 16:52:52.140 UTC */
export function utcTime(ms: number | string | null): string {
  if (isNoTime(ms)) return 'No time';
  const date = dateOf(ms);
  return date === null ? `${ms} ms since 1970` : `${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** 20 Dec 2022, 16:52 – 17:04 */
export function timeRange(first: string | null, last: string | null): string {
  if (isNoTime(first) || isNoTime(last)) return NOTHING;
  const [from, to] = [dateOf(first), dateOf(last)];
  if (from === null || to === null) return `${first} – ${last}`;
  const isOneDay = from.toDateString() === to.toDateString();
  return `${dayAndTime.format(from)} – ${isOneDay ? timeOfDay.format(to) : dayAndTime.format(to)}`;
}

/** 4 s, 3 min 20 s, 2 h 5 min, 3 days */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return counted(Math.floor(hours / 24), 'day');
}

/** 4 s, 3 min, 2 h, 12 days: one unit is enough. */
export function age(then: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - then) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** 4 s ago, 3 min ago, 2 h ago */
export function ago(then: number, now: number): string {
  return now - then < 1000 ? 'just now' : `${age(then, now)} ago`;
}

/** The last eight characters of a fingerprint, enough to tell keys apart. */
export function shortFingerprint(fingerprint: string): string {
  return `…${fingerprint.slice(-8)}`;
}
