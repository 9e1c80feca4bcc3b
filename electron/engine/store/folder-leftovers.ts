/**
 * What killed processes left among the temporary files of a folder store:
 *
 *     <id>.body + <id>.json     a write; committed when the sidecar in its place names this body
 *     <id>.body                 a write that had no sidecar yet
 *     <id>.removed.json, .body  a removal; the object is gone, its body may still be in its place
 *
 * Only what is old is touched: the others may still be at work.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { unlessMissing } from './folder-files';
import { discardBody, inodeOf, REMOVED_BODY, REMOVED_SIDECAR } from './folder-removal';
import {
  finish,
  parseSidecar,
  partialFolder,
  pathsOf,
  readSidecar,
  temporaryBody,
  type Sidecar,
} from './folder-sidecar';

const OLD_MS = 7 * 24 * 60 * 60 * 1_000;

/** @param now ms since 1970 */
export async function clearLeftovers(folder: string, now: number): Promise<void> {
  const partial = partialFolder(folder);
  const entries = await readdir(partial);
  for (const entry of entries) {
    try {
      const found = await unlessMissing(stat(path.join(partial, entry)));
      if (found !== null && now - found.mtimeMs > OLD_MS) await clear(folder, entry, entries);
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      // another user's, or busy: it takes room, no more; a write must not fail of it
    }
  }
}

async function clear(folder: string, entry: string, entries: readonly string[]): Promise<void> {
  const file = path.join(partialFolder(folder), entry);
  if (entry.endsWith(REMOVED_SIDECAR)) await clearRemoval(folder, file);
  else if (entry.endsWith(REMOVED_BODY)) await rm(file, { force: true });
  else if (entry.endsWith('.json')) await clearWrite(folder, file);
  // with a draft of its sidecar it is that one's, see above
  else if (entry.endsWith('.body') && !entries.includes(entry.replace(/\.body$/, '.json'))) {
    await rm(file, { force: true });
  }
}

async function clearRemoval(folder: string, file: string): Promise<void> {
  const sidecar = parseSidecar(await readFile(file, 'utf8'));
  if (sidecar !== null) {
    const paths = pathsOf(folder, sidecar.name);
    const inode = await inodeOf(paths.body);
    if ((await committed(folder, sidecar)) === null) await discardBody(folder, paths, inode);
  }
  await rm(file, { force: true });
}

/** The draft goes before the body: from then on its writer, should it wake up, can't commit any more. */
async function clearWrite(folder: string, file: string): Promise<void> {
  const draft = parseSidecar(await readFile(file, 'utf8'));
  const body = file.replace(/\.json$/, '.body');
  const isUnfinished = draft !== null && (await isCommitted(folder, draft)) && !(await finish(folder, draft));
  if (isUnfinished) return;
  await rm(file, { force: true });
  // it may have woken up in between
  if (draft !== null && (await isCommitted(folder, draft))) await finish(folder, draft);
  else await rm(body, { force: true });
}

async function isCommitted(folder: string, draft: Sidecar): Promise<boolean> {
  const existing = await committed(folder, draft);
  return existing !== null && temporaryBody(folder, existing) === temporaryBody(folder, draft);
}

function committed(folder: string, { name }: Sidecar): Promise<Sidecar | null> {
  return readSidecar(pathsOf(folder, name).sidecar, { doing: 'Clearing', folder, object: name });
}
