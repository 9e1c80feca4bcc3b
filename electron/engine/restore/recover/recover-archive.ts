/**
 * Saves what a damaged archive still holds: its records as JSON lines, in a file that calls itself partial, and beside it
 * which offsets are lost. Nothing changes in the bucket.
 */
import { basename } from 'node:path';
import type { Identity } from '../../keys/identity';
import type { RangedSource } from '../../segment/ranged-source';
import { salvageSegment } from '../../segment/salvage/salvage';
import type { Coverage } from '../../store/coverage-metadata';
import { fileNameOnDisk } from '../../store/object-names';
import type { ObjectStore, StoredObject } from '../../store/port';
import { fileNameOf } from '../download/file-names';
import { saveFile } from '../download/saved-file';
import { describeArchive } from '../list';
import { copyUnchecked } from '../local-copy';
import { aboutObject } from '../open-archive';
import { FileSource } from '../search/file-source';
import { blocksOf, inspect, type ArchivePlace, type Recovery } from './recovery';

export interface RecoverOptions {
  /** where to */
  readonly folder: string;
  /** all private keys at hand */
  readonly identities: readonly Identity[];
  readonly signal: AbortSignal;
  /** after each piece that was downloaded */
  readonly onBytes: (bytes: number) => void;
  /** of Permafrost, for the report */
  readonly version: string;
}

export interface SavedRecovery extends Recovery {
  /** the object or the file it is from */
  readonly from: string;
  /** JSON lines; null when there is nothing to save, or nothing was damaged */
  readonly file: string | null;
  readonly report: string | null;
}

/**
 * An archive of the bucket, whatever its checksum says.
 * @throws PermafrostError NOT_AN_ARCHIVE, ARCHIVE_DAMAGED when nothing of it opens, ARCHIVE_UNKNOWN_VERSION; KEY_MISSING;
 * FILE_UNWRITABLE; STORE_*; CANCELLED
 */
export async function recoverObject(
  store: ObjectStore,
  object: StoredObject,
  options: RecoverOptions,
): Promise<SavedRecovery> {
  const described = describeArchive(object);
  const coverage = described.kind === 'archive' ? described.coverage : null;
  const copy = await copyUnchecked(store, object, options.signal, options.onBytes);
  try {
    const from = `${store.location}/${object.name}`;
    return await aboutObject(object, coverage, () => recover(copy, { from, coverage, ...copy }, options));
  } finally {
    await copy.close();
  }
}

/** An archive that lies on the disk. @throws PermafrostError FILE_UNREADABLE, and as `recoverObject` */
export async function recoverFile(path: string, options: RecoverOptions): Promise<SavedRecovery> {
  const source = await FileSource.open(path, options.onBytes);
  try {
    const facts = { from: path, coverage: null, isAsStored: true };
    return await aboutObject({ name: basename(path) }, null, () => recover(source, facts, options));
  } finally {
    await source.close();
  }
}

interface Facts {
  readonly from: string;
  readonly coverage: Coverage | null;
  readonly isAsStored: boolean;
}

async function recover(
  source: RangedSource,
  { from, coverage, isAsStored }: Facts,
  { folder, identities, signal, version }: RecoverOptions,
): Promise<SavedRecovery> {
  const salvage = await salvageSegment(source, identities, coverage?.codec ?? null);
  const recovery = await inspect(salvage, coverage, isAsStored, signal);
  const { state, place } = recovery;
  if (state === 'whole') return { ...recovery, from, file: null, report: null };
  const name = partialName(from, place);
  const lines =
    state === 'nothing'
      ? null
      : await saveFile(folder, `${name}.jsonl`, async (write) => {
          for await (const block of blocksOf(salvage, place)) if (block !== null) await write(block.encoded);
        });
  const told = { permafrostRecovery: 1, version, from, file: lines?.path ?? null, ...recovery };
  const report = await saveFile(folder, `${name}.json`, (write) => write(Buffer.from(jsonOf(told))));
  return { ...recovery, from, file: lines?.path ?? null, report: report.path };
}

/** Never the name of a whole archive. */
function partialName(from: string, place: ArchivePlace | null): string {
  const whole = place === null ? fileNameOf(from) : fileNameOnDisk({ ...place, codec: 'none', isEncrypted: false });
  return `${whole.replace(/(\.jsonl)?(\.gz|\.zst)?(\.age)?$/, '')}.partial`;
}

/** int64 as text */
function jsonOf(told: object): string {
  const text = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
  return `${JSON.stringify(told, text, 2)}\n`;
}
