import { EVERY_RECORD, type RecordFilter } from '../../shared/model/search';
import { parsePlace } from './place';

/** What a person has typed to say which records they want. */
export interface RecordDraft {
  readonly key: string;
  readonly text: string;
  readonly condition: string;
  /** an offset or a time */
  readonly from: string;
  readonly until: string;
}

export const EMPTY_DRAFT: RecordDraft = { key: '', text: '', condition: '', from: '', until: '' };

/** null: nothing is left out. What can't be read as a place bounds nothing. */
export function filterOf({ key, text, condition, from, until }: RecordDraft): RecordFilter | null {
  const [start, end] = [parsePlace(from), parsePlace(until)];
  const bound = (place: typeof start, by: 'offset' | 'time'): string | null => (place?.by === by ? place.at : null);
  const filter: RecordFilter = {
    key: key === '' ? null : key,
    text: text === '' ? null : text,
    conditions: condition.trim() === '' ? [] : [condition],
    fromOffset: bound(start, 'offset'),
    untilOffset: bound(end, 'offset'),
    fromTime: bound(start, 'time'),
    untilTime: bound(end, 'time'),
  };
  return JSON.stringify(filter) === JSON.stringify(EVERY_RECORD) ? null : filter;
}

/** A text that stands for a place, and is none. */
export function isWrongPlace(text: string): boolean {
  return text !== '' && parsePlace(text) === null;
}
