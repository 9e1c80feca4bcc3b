/** What lies in a bucket's folder at start. The names of its files: see object-files.ts. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { readStateFile } from '../state-file';
import { ObjectIndex } from './object-index';
import { objectSchema, type ObjectRecord } from './object-record';

/** Sidecars at start: one after another, a hundred thousand would take most of a minute. */
const READ_AT_ONCE = 64;

const NONCURRENT = /^[0-9a-f]{64}\.\d+\.json$/;

/**
 * Reads the sidecars, and removes what no change has committed.
 * @throws PermafrostError SANDBOX_FAILED for a sidecar that is damaged
 */
export async function loadObjects(folder: string): Promise<ObjectIndex> {
  const entries = await readdir(folder);
  const sidecars = entries.filter((entry) => entry.endsWith('.json'));
  const live: ObjectRecord[] = [];
  const former: ObjectRecord[] = [];
  const bodies = new Set<string>();
  const uncommitted = new Set<string>();
  await readSidecars(
    folder,
    sidecars.filter((entry) => !NONCURRENT.test(entry)),
    (entry, object) => {
      live.push(object);
      bodies.add(`${path.basename(entry, '.json')}.${object.generation}.body`);
    },
  );
  await readSidecars(
    folder,
    sidecars.filter((entry) => NONCURRENT.test(entry)),
    (entry, object) => {
      const body = `${path.basename(entry, '.json')}.body`;
      if (bodies.has(body)) {
        uncommitted.add(entry); // its generation is still the live one
        return;
      }
      former.push(object);
      bodies.add(body);
    },
  );
  const isLeftOver = (entry: string): boolean =>
    entry.endsWith('.part') ||
    entry.endsWith('.new') ||
    (entry.endsWith('.body') && !bodies.has(entry)) ||
    uncommitted.has(entry);
  for (const entry of entries.filter(isLeftOver)) await rm(path.join(folder, entry));
  return new ObjectIndex(live, former);
}

async function readSidecars(
  folder: string,
  entries: readonly string[],
  take: (entry: string, object: ObjectRecord) => void,
): Promise<void> {
  for (let at = 0; at < entries.length; at += READ_AT_ONCE) {
    const some = entries.slice(at, at + READ_AT_ONCE);
    const objects = await Promise.all(some.map((entry) => readStateFile(path.join(folder, entry), objectSchema)));
    for (const [index, object] of objects.entries()) if (object !== undefined) take(some[index] ?? '', object);
  }
}
