/** An archive as a file on a disk, with no bucket at all: as it was downloaded, or as it was decrypted. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SegmentReader } from '../../segment/segment-reader';
import type { StoredObject } from '../../store/port';
import { openArchiveFrom, type OpenArchiveOptions } from '../open-archive';
import { FileSource } from './file-source';

export interface OpenFile {
  /** the file as if it lay in a bucket, with no metadata: its name alone */
  readonly object: StoredObject;
  readonly coverage: null;
  /** close it in the end */
  readonly source: FileSource;
  readonly segment: SegmentReader;
}

/**
 * @throws PermafrostError FILE_UNREADABLE, NOT_AN_ARCHIVE, KEY_MISSING with context.wanted, ARCHIVE_DAMAGED,
 * ARCHIVE_UNKNOWN_VERSION, ARCHIVE_LIMIT
 */
export async function openFileArchive(
  path: string,
  options: Pick<OpenArchiveOptions, 'identities' | 'maxBlockBytes'>,
): Promise<OpenFile> {
  const source = await FileSource.open(path);
  const object = describe(path, source.size);
  try {
    const segment = await openArchiveFrom(source, object, null, options);
    return { object, coverage: null, source, segment };
  } catch (thrown) {
    await source.close();
    throw thrown;
  }
}

export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false; // whoever reads it is told why
  }
}

function describe(path: string, size: number): StoredObject {
  return {
    name: basename(path),
    generation: '0',
    size,
    crc32c: '',
    md5: null,
    storageClass: '',
    createdAt: 0,
    metadata: {},
  };
}
