import { PermafrostError } from '../../../shared/errors';
import type { ArchiveOptions } from './options';

/** "earliest", "latest", or a time such as 2026-01-31T12:00:00Z. @throws PermafrostError INPUT_INVALID */
export function parseStart(text: string): ArchiveOptions['start'] {
  if (text === 'earliest' || text === 'latest') return text;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time) || time < 0) {
    throw new PermafrostError(
      'INPUT_INVALID',
      `"${text}" is no start: earliest, latest or a time such as 2026-01-31T12:00:00Z.`,
      { context: { field: 'start' } },
    );
  }
  return { time };
}
