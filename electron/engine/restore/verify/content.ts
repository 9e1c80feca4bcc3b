/** Reads archives to their end: checksums, encryption, compression, every line, and all that is told of them elsewhere. */
import { asPermafrostError, PermafrostError, type ErrorCode } from '../../../../shared/errors';
import type { Identity } from '../../keys/identity';
import type { ObjectStore } from '../../store/port';
import { loadArchive } from '../verified-archive';
import type { Chain, ChainArchive } from './chains';
import type { Finding, FindingKind } from './finding';

/** One is worked on while the next one comes from the bucket. */
const AT_ONCE = 2;

export interface ContentOptions {
  /** all private keys at hand */
  readonly identities: readonly Identity[];
  readonly signal: AbortSignal;
  /** after each archive */
  readonly onChecked: (checked: ChainArchive) => void;
}

export interface CheckedContent {
  readonly archives: number;
  readonly records: number;
  readonly storedBytes: number;
  readonly findings: readonly Finding[];
}

export interface PlacedArchive {
  readonly chain: Chain;
  readonly archive: ChainArchive;
}

const KINDS: Partial<Record<ErrorCode, FindingKind>> = {
  KEY_MISSING: 'no-key',
  KEY_WRONG: 'no-key',
  STORE_NOT_FOUND: 'vanished',
  STORE_REFUSED: 'damaged',
  ARCHIVE_DAMAGED: 'damaged',
  ARCHIVE_LIMIT: 'damaged',
  ARCHIVE_UNKNOWN_VERSION: 'unreadable',
  NOT_AN_ARCHIVE: 'damaged',
};

const MEANINGS: Partial<Record<FindingKind, string>> = {
  'no-key': 'Its content was not looked at.',
  vanished: 'It was there when the bucket was listed. Verify again; what is missing then is lost here.',
  damaged: 'Its records are not to be relied on. permafrost recover saves the blocks that still hold.',
  unreadable: 'Its content was not looked at.',
};

/** @throws PermafrostError STORE_DENIED, STORE_UNAVAILABLE, FILE_UNWRITABLE; CANCELLED */
export async function checkContent(
  store: ObjectStore,
  archives: readonly PlacedArchive[],
  options: ContentOptions,
): Promise<CheckedContent> {
  const findings: Finding[] = [];
  let [checked, records, storedBytes] = [0, 0, 0];
  const waiting = archives.values();
  const work = async (): Promise<void> => {
    for (const { chain, archive } of waiting) {
      if (options.signal.aborted) throw new PermafrostError('CANCELLED', 'The verification was cancelled.');
      const finding = await check(store, chain, archive, options);
      if (finding === null) {
        checked += 1;
        records += archive.coverage.records;
        storedBytes += archive.object.size;
      } else findings.push(finding);
      options.onChecked(archive);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { archives: checked, records, storedBytes, findings };
}

async function check(
  store: ObjectStore,
  { topic, partition, life }: Chain,
  archive: ChainArchive,
  { identities, signal }: ContentOptions,
): Promise<Finding | null> {
  try {
    const loaded = await loadArchive(store, archive, { identities, signal, onBytes: () => undefined });
    await loaded.close();
    return null;
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    const kind = KINDS[error.code];
    if (kind === undefined) throw error;
    const { firstOffset, nextOffset } = archive.coverage;
    return {
      ...{ kind, topic, partition, life, firstOffset, nextOffset, object: archive.object.name },
      cause: error.message,
      meaning: MEANINGS[kind] ?? '',
    };
  }
}
