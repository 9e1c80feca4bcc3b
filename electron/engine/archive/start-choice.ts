import { timeOf } from '../../../shared/model/settings';
import type { ArchiveOptions } from './options';

/** @param choice as in the settings: "earliest", "latest", or a time */
export function startOf(choice: string): ArchiveOptions['start'] {
  if (choice === 'latest') return 'latest';
  const time = timeOf(choice);
  return time === null ? 'earliest' : { time };
}
