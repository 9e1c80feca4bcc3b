/** What the golden archives hold: every shape a line can have. */
import { SegmentWriter, type SealedSegment, type SegmentOptions } from '../../electron/engine/segment/segment-writer';
import { START, viewOf, type SampleRecord } from '../engine/segment/support';

const NOT_UTF8 = Buffer.from('c328ff00', 'hex');

const RECORDS: readonly SampleRecord[] = [
  { offset: 100, timestamp: 1_671_494_400_000, key: '3005', value: '{"VEHICLE_ID":3005}', headers: [['source', 'bus']] },
  { offset: 101, timestamp: -1, key: null, value: null },
  { offset: 102, timestamp: 0, key: '', value: '' },
  { offset: 110, timestamp: 9_223_372_036_854_775_807n, key: 'largest timestamp', value: 'x' },
  { offset: 111, timestamp: -9_223_372_036_854_775_808n, key: 'smallest timestamp', value: 'x' },
  { offset: 112, timestamp: 1_671_494_400_000_000_001n, value: Buffer.from(Array.from({ length: 128 }, (_, code) => code)) },
  { offset: 113, timestamp: 1, key: 'grüße', value: '🚌 \u2028\u2029 \ufeff \uffff' },
  { offset: 114, timestamp: 1, key: NOT_UTF8, value: NOT_UTF8, headers: [[NOT_UTF8, NOT_UTF8]] },
  { offset: 115, timestamp: 1, value: 'headers', headers: [['2', 'b'], ['1', 'a'], ['2', null], ['', '']] }, // prettier-ignore
  { offset: 116, timestamp: 1, value: Buffer.from('eda080', 'hex') },
  { offset: 117, timestamp: 1, value: 'longer than a block '.repeat(40) },
];

const LARGE: SampleRecord = { offset: 9_007_199_254_740_993n, timestamp: 1, value: 'an offset beyond 2^53' };

export async function writeVector(options: Pick<SegmentOptions, 'codec' | 'level' | 'recipients'>): Promise<SealedSegment> {
  const writer = new SegmentWriter(START, { ...options, blockBytes: 512 });
  for (const record of RECORDS) writer.add(viewOf(record));
  writer.addCorrupt(120n, 129n, Buffer.from('00010203', 'hex'));
  writer.add(viewOf(LARGE));
  return writer.close(9_007_199_254_741_000n);
}

export function writeGapVector(options: Pick<SegmentOptions, 'codec' | 'level' | 'recipients'>): Promise<SealedSegment> {
  return new SegmentWriter(START, options).close(250n, 'before-start');
}
