import type { Place } from '../../../shared/model/catalog';

/** A place in the words of the header: /archivetest/partition 0. */
export function placeText(place: Place): string {
  switch (place.kind) {
    case 'all':
      return '';
    case 'topic':
      return `, ${place.topic}`;
    case 'partition':
      return `, ${place.topic}, partition ${place.partition}`;
    case 'snapshots':
      return ', snapshots';
    case 'other':
      return ', other objects';
  }
}
