import { Reducer } from '../../../electron/engine/reduce/reducer';
import type { RecordView } from '../../../electron/engine/segment/record';
import { NO_REDUCTION, type Reduction } from '../../../shared/model/reduction';
import { viewOf, type SampleRecord } from '../segment/support';

export function reducerOf(rule: Partial<Reduction>, maxMemoryBytes?: number): Reducer {
  return new Reducer({ ...NO_REDUCTION, ...rule }, maxMemoryBytes);
}

export function valueOf({ bytes, valueStart, valueLength }: RecordView): string | null {
  return valueLength < 0 ? null : bytes.toString('utf8', valueStart, valueStart + valueLength);
}

/** What is left of a value; undefined when the record is dropped. */
export function reduced(rule: Partial<Reduction>, value: Buffer | string | null): string | null | undefined {
  const kept = reducerOf(rule).take(viewOf({ offset: 0, value }));
  return kept === null ? undefined : valueOf(kept);
}

/** Offsets of the records that are kept; offsets count up where none are given. */
export function keptOffsets(reducer: Reducer, records: readonly Omit<SampleRecord, 'offset'>[]): number[] {
  return records.flatMap((record, offset) => {
    const kept = reducer.take(viewOf({ ...record, offset }));
    return kept === null ? [] : [Number(kept.offset)];
  });
}
