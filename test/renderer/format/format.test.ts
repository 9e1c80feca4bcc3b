import { describe, expect, it } from 'vitest';
import {
  ago,
  byteRate,
  bytes,
  change,
  count,
  counted,
  duration,
  exactBytes,
  offsetRange,
  percent,
  rate,
  shortFingerprint,
  timeRange,
  utcTime,
} from '../../../renderer/format/format';

describe('figures', () => {
  it.each([
    [null, '–'],
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.00 kB'],
    [12_345, '12.3 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [10_923_456, '10.9 MB'],
    [104_000_000, '104 MB'],
    [1_290_000_000, '1.29 GB'],
  ])('shows %s bytes as %s', (value, shown) => {
    expect(bytes(value)).toBe(shown);
  });

  it('keeps the exact size for the hover', () => {
    expect(exactBytes(10_923_456)).toBe('10,923,456 bytes');
    expect(exactBytes(1)).toBe('1 byte');
  });

  it.each([
    [null, '–'],
    [0, '0'],
    [4.2, '4.2'],
    [640, '640'],
    [999.7, '1,000'],
    [12_437, '12.4 k'],
    [200_000, '200 k'],
    [1_250_000, '1.25 M'],
  ])('shows a rate of %s as %s', (value, shown) => {
    expect(rate(value)).toBe(shown);
  });

  it('shows no rate of bytes where nothing was measured', () => {
    expect(byteRate(null)).toBe('–');
    expect(byteRate(3_070_000)).toBe('3.07 MB/s');
  });

  it('shows int64 counts to the last digit', () => {
    expect(count('9223372036854775807')).toBe('9,223,372,036,854,775,807');
    expect(count(null)).toBe('–');
  });

  it('says one and many', () => {
    expect(counted(1, 'archive')).toBe('1 archive');
    expect(counted(1_200, 'archive')).toBe('1,200 archives');
  });

  it.each([
    [11, 100, '11.0%'],
    [136, 100, '136%'],
    [1, 100, '1.00%'],
    [3, 10_000, '0.03%'],
    [1, 1_000_000, '<0.01%'],
    [0, 100, '0%'],
    [0, 0, '–'],
  ])('shows %s of %s as %s', (part, whole, shown) => {
    expect(percent(part, whole)).toBe(shown);
  });

  it('says how much a step adds or takes away', () => {
    expect(change(10_000, 10_003)).toBe('+0.03%');
    expect(change(100, 11)).toBe('−89.0%');
    expect(change(100, 100)).toBe('±0%');
    expect(change(0, 5)).toBe('–');
  });
});

describe('offsets', () => {
  it('shows a range with its last offset, though the next one is what travels', () => {
    expect(offsetRange('1204112', '1245982')).toBe('1,204,112 – 1,245,981');
  });

  it('shows a range of one offset as that offset', () => {
    expect(offsetRange('7', '8')).toBe('7');
  });

  it('says that a range is empty', () => {
    expect(offsetRange('7', '7')).toBe('7, empty');
  });
});

describe('times', () => {
  it('shows UTC to the millisecond', () => {
    expect(utcTime('1671494400140')).toBe('2022-12-20 00:00:00.140 UTC');
  });

  it("tells Kafka's missing timestamp from the year 1969", () => {
    expect(utcTime('-1')).toBe('No time');
    expect(timeRange('-1', '-1')).toBe('–');
  });

  it('shows the digits of a timestamp that no calendar holds', () => {
    expect(utcTime('9223372036854775807')).toBe('9223372036854775807 ms since 1970');
  });

  it('names the day once when a range begins and ends on it', () => {
    const noon = new Date(2022, 11, 20, 12).getTime();
    expect(timeRange(String(noon), String(noon + 60_000))).toBe('20 Dec 2022, 12:00 – 12:01');
  });

  it.each([
    [4_000, '4 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [260_000_000, '3 days'],
  ])('shows %s ms as %s', (ms, shown) => {
    expect(duration(ms)).toBe(shown);
  });

  it('says how long ago in one unit', () => {
    expect(ago(1_000, 1_500)).toBe('just now');
    expect(ago(1_000, 5_000)).toBe('4 s ago');
    expect(ago(0, 200_000)).toBe('3 min ago');
    expect(ago(5_000, 1_000)).toBe('just now');
  });
});

it('shortens a fingerprint to what tells keys apart', () => {
  expect(shortFingerprint('SHA256:3xkVbP0jzq9tQnE1f7YwLr5sHdMUoKa2iCe8NgTv4Bs')).toBe('…8NgTv4Bs');
});
