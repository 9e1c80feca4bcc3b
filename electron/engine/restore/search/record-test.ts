/** A filter, ready to be asked: of an archive, of a block, of a record. */
import { asPermafrostError, PermafrostError } from '../../../../shared/errors';
import { SyntaxProblem } from '../../../../shared/model/json-path';
import { NO_REDUCTION } from '../../../../shared/model/reduction';
import { parseKeyPattern, type KeyPattern } from '../../../../shared/model/reduction-syntax';
import type { RecordFilter } from '../../../../shared/model/search';
import { buildPathTree } from '../../reduce/path-tree';
import { ValueWalk } from '../../reduce/value-walk';
import type { ArchivedLine, ArchivedRecord } from '../../segment/record';

/** What is known of an archive or a block before it is read. */
export interface Extent {
  readonly firstOffset: bigint;
  /** exclusive */
  readonly nextOffset: bigint;
  /** lowest and highest; null when no record has a timestamp */
  readonly timestamps: { readonly min: bigint; readonly max: bigint } | null;
}

export interface RecordTest {
  /** false: nothing within these bounds is taken */
  mayHold(extent: Extent): boolean;
  /** stands in every line of text that is taken; null when that can't be told without reading the lines */
  readonly needle: Buffer | null;
  /** takes all there is */
  readonly takesAll: boolean;
  takes(line: ArchivedLine): boolean;
}

/** @throws PermafrostError INPUT_INVALID with context.field, when a part of the filter is not written as it should be */
export function recordTest(filter: RecordFilter): RecordTest {
  const { text } = filter;
  const pattern = filter.key === null ? null : readField('key', () => parseKeyPattern(filter.key ?? ''));
  const bounds = readField('range', () => boundsOf(filter));
  const ofKey = pattern === null ? null : keyTest(pattern);
  const ofValue = conditionTest(filter.conditions);
  const bytes = text === null || text === '' ? null : Buffer.from(text);
  const isOfRecords = ofKey !== null || ofValue !== null || bytes !== null || bounds.isTimed;
  const takesRecord = (record: ArchivedRecord): boolean =>
    (!bounds.isTimed || record.timestamp !== -1n) &&
    (bounds.fromTime === null || record.timestamp >= bounds.fromTime) &&
    (bounds.untilTime === null || record.timestamp < bounds.untilTime) &&
    (ofKey === null || ofKey(record.key)) &&
    (bytes === null || record.value?.includes(bytes) === true) &&
    (ofValue === null || ofValue(record.value));
  return {
    needle: pattern !== null && !pattern.excludes ? keyNeedle(pattern) : bytes === null ? null : escaped(text ?? ''),
    takesAll: !isOfRecords && bounds.fromOffset === null && bounds.untilOffset === null,
    mayHold: (extent) => isWithin(bounds, extent),
    takes: (line) => {
      const lastOffset = line.kind === 'record' ? line.offset : line.lastOffset;
      if (bounds.fromOffset !== null && lastOffset < bounds.fromOffset) return false;
      if (bounds.untilOffset !== null && line.offset >= bounds.untilOffset) return false;
      return line.kind === 'record' ? takesRecord(line) : !isOfRecords;
    },
  };
}

interface Bounds {
  readonly fromOffset: bigint | null;
  readonly untilOffset: bigint | null;
  readonly fromTime: bigint | null;
  readonly untilTime: bigint | null;
  readonly isTimed: boolean;
}

function boundsOf(filter: RecordFilter): Bounds {
  const { fromOffset, untilOffset, fromTime, untilTime } = filter;
  const integer = (digits: string | null): bigint | null => (digits === null ? null : BigInt(digits));
  return {
    fromOffset: integer(fromOffset),
    untilOffset: integer(untilOffset),
    fromTime: integer(fromTime),
    untilTime: integer(untilTime),
    isTimed: fromTime !== null || untilTime !== null,
  };
}

function isWithin(bounds: Bounds, { firstOffset, nextOffset, timestamps }: Extent): boolean {
  if (bounds.fromOffset !== null && nextOffset <= bounds.fromOffset) return false;
  if (bounds.untilOffset !== null && firstOffset >= bounds.untilOffset) return false;
  if (!bounds.isTimed) return true;
  if (timestamps === null) return false;
  return (
    (bounds.fromTime === null || timestamps.max >= bounds.fromTime) &&
    (bounds.untilTime === null || timestamps.min < bounds.untilTime)
  );
}

function keyTest({ text, isPrefix, excludes }: KeyPattern): (key: Buffer | null) => boolean {
  const wanted = Buffer.from(text);
  const fits = (key: Buffer): boolean =>
    isPrefix ? key.subarray(0, wanted.length).equals(wanted) : key.equals(wanted);
  return (key) => (key !== null && fits(key)) !== excludes;
}

function conditionTest(conditions: readonly string[]): ((value: Buffer | null) => boolean) | null {
  if (conditions.length === 0) return null;
  const tree = readField('conditions', () => buildPathTree({ ...NO_REDUCTION, filter: [...conditions] }));
  if (tree === null) return null;
  const walk = new ValueWalk(tree);
  return (value) => value !== null && walk.walk(value, 0, value.length) && walk.meetsConditions;
}

/** Within a string, nothing but its end is a quote that is not escaped: this stands at a key alone. */
function keyNeedle({ text, isPrefix }: KeyPattern): Buffer {
  return Buffer.concat([Buffer.from(',"key":"'), escaped(text), Buffer.from(isPrefix ? '' : '",')]);
}

/** As it stands in a line: each character is escaped by itself, so a part of a text is a part of the escaped text. */
function escaped(text: string): Buffer {
  return Buffer.from(JSON.stringify(text).slice(1, -1));
}

function readField<Value>(field: string, read: () => Value): Value {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof SyntaxProblem) && !(thrown instanceof SyntaxError)) throw asPermafrostError(thrown);
    throw new PermafrostError('INPUT_INVALID', `The filter cannot be read: ${thrown.message}.`, {
      context: { field },
      cause: thrown,
    });
  }
}
