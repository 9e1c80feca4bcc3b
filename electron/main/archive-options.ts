/** How archives are written: by the settings, from and to the place in use. */
import { PermafrostError } from '../../shared/errors';
import type { Settings } from '../../shared/model/settings';
import {
  DEFAULT_MAX_HELD_BYTES,
  DEFAULT_SESSION_TIMEOUT_MS,
  DEFAULT_SNAPSHOT_EVERY_MS,
  DEFAULT_TOPIC_CHECK_MS,
} from '../engine/archive/options';
import { startOf } from '../engine/archive/start-choice';
import { placeIn } from '../engine/store/open-store';
import type { ArchiverStart } from '../worker/archiver-protocol';
import type { Connections } from '../worker/connections';
import type { KeyRing } from './key-ring';
import type { Place } from './place';

export function archiveOptions(place: Place, settings: Settings, keys: KeyRing): ArchiverStart['options'] {
  const { codec, level, maxSegmentBytes, maxSegmentRecords, maxSegmentAgeMs } = settings;
  return {
    groupId: place.archiverGroup,
    topics: place.topics,
    start: startOf(place.start),
    prefix: place.prefix,
    codec,
    level: codec === 'gzip' ? Math.min(level, 9) : level,
    recipients: settings.encrypt ? [keys.current().publicKey] : [],
    reduction: settings.reduction,
    storageClass: settings.storageClass,
    limits: { maxBytes: maxSegmentBytes, maxRecords: maxSegmentRecords, maxAgeMs: maxSegmentAgeMs },
    maxHeldBytes: DEFAULT_MAX_HELD_BYTES,
    sessionTimeoutMs: DEFAULT_SESSION_TIMEOUT_MS,
    topicCheckMs: DEFAULT_TOPIC_CHECK_MS,
    snapshotEveryMs: DEFAULT_SNAPSHOT_EVERY_MS,
  };
}

/** @throws PermafrostError INPUT_INVALID while no topic is chosen */
export function archiverStart(
  { kafka, storage }: Connections,
  { bucket, name, topics }: Place,
  options: ArchiverStart['options'],
): ArchiverStart {
  if (topics.names.length + topics.patterns.length === 0) {
    throw new PermafrostError('INPUT_INVALID', `No topic of ${name} is chosen yet. Choose what to archive in Topics.`, {
      context: { field: 'topics' },
    });
  }
  return { kafka, store: placeIn(storage, bucket), options, untilEnd: false };
}
