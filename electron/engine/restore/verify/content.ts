/** Reads archives to their end: checksums, encryption, compression, every line, and all that is told of them elsewhere. */
import { asPermafrostError, PermafrostError, type ErrorCode } from '../../../../shared/errors';
import type { Identity } from '../../keys/identity';
import type { ObjectStore } from '../../store/port';
import { loadArchive } from '../verified-archive';
import type { Chain, ChainArchive } from './chains';
import type { LogView } from './coverage';
import type { Finding, FindingKind } from './finding';
import { NOT_COMPARED, type SourceComparer, type SourceComparison } from './source';

/** One is worked on while the next one comes from the bucket. */
const AT_ONCE = 2;

export interface ContentOptions {
  /** all private keys at hand */
  readonly identities: readonly Identity[];
  readonly signal: AbortSignal;
  /** each archive is compared with what Kafka still holds of it; null: none is */
  readonly source: { readonly comparer: SourceComparer; logOf(chain: Chain): LogView | null } | null;
  /** after each archive */
  readonly onChecked: (checked: ChainArchive) => void;
}

export interface CheckedContent {
  readonly archives: number;
  readonly records: number;
  readonly storedBytes: number;
  readonly findings: readonly Finding[];
  readonly source: ComparedSource;
}

/** In records, but for `incomparable`: archives, by why they could not be compared. */
export interface ComparedSource {
  readonly equal: number;
  readonly gone: number;
  readonly incomparable: { readonly life: number; readonly rule: number };
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
  const source = { equal: 0, gone: 0, incomparable: { life: 0, rule: 0 } };
  const waiting = archives.values();
  const work = async (): Promise<void> => {
    for (const { chain, archive } of waiting) {
      if (options.signal.aborted) throw new PermafrostError('CANCELLED', 'The verification was cancelled.');
      const result = await check(store, chain, archive, options);
      if ('kind' in result) findings.push(result);
      else {
        checked += 1;
        records += archive.coverage.records;
        storedBytes += archive.object.size;
        source.equal += result.equal;
        source.gone += result.gone;
        if (result.incomparable !== null) source.incomparable[result.incomparable] += 1;
        findings.push(...result.findings);
      }
      options.onChecked(archive);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { archives: checked, records, storedBytes, findings, source };
}

async function check(
  store: ObjectStore,
  chain: Chain,
  archive: ChainArchive,
  { identities, signal, source }: ContentOptions,
): Promise<Finding | SourceComparison> {
  try {
    const loaded = await loadArchive(store, archive, { identities, signal, onBytes: () => undefined });
    try {
      if (source === null) return NOT_COMPARED;
      return await source.comparer.compare(chain, archive, loaded, source.logOf(chain));
    } finally {
      await loaded.close();
    }
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    const kind = KINDS[error.code];
    if (kind === undefined) throw error;
    const { topic, partition, life } = chain;
    const { firstOffset, nextOffset } = archive.coverage;
    return {
      ...{ kind, topic, partition, life, firstOffset, nextOffset, object: archive.object.name },
      cause: error.message,
      meaning: MEANINGS[kind] ?? '',
    };
  }
}
