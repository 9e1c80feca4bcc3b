import type { OutgoingRecord } from './producer-port';

/** Records to be sent, in order, made or read as they are asked for. */
export interface RecordSource {
  /**
   * @param maxBytes of keys and values; a record that is larger comes alone
   * @returns at least one record and at most maxRecords; none at the end
   */
  next(maxRecords: number, maxBytes: number): Promise<readonly OutgoingRecord[]>;
}

/** The first `count` of an endless source, such as the breadcrumbs. */
export function firstOf(count: number, endless: { next(count: number): OutgoingRecord[] }): RecordSource {
  let left = count;
  // made records are small: a batch of them is far from any limit in bytes once it is cut by this
  const typicalBytes = 250;
  return {
    next: (maxRecords, maxBytes) => {
      const now = Math.min(left, maxRecords, Math.max(1, Math.floor(maxBytes / typicalBytes)));
      left -= now;
      return Promise.resolve(endless.next(now));
    },
  };
}
