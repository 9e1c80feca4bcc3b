/** A damaged file is moved out of the way, so that the app can begin without it and the user can mend it. */
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, PermafrostError } from '../../shared/errors';
import type { SetAside } from '../../shared/model/set-aside';

/**
 * Renames `settings.json` to `settings.damaged-<yyyymmddThhmmssZ>.json`, with a number behind the time if there is one.
 * @param time ms since 1970
 * @throws PermafrostError FILE_UNWRITABLE when it can't be moved: it is as it was, and must not be written over
 */
export async function setAside(file: string, why: string, time = Date.now()): Promise<SetAside> {
  try {
    const movedTo = await reserveName(file, time);
    await rename(file, movedTo).catch(async (thrown: unknown) => {
      await rm(movedTo, { force: true });
      throw thrown;
    });
    return { file, movedTo, why };
  } catch (thrown) {
    throw new PermafrostError(
      'FILE_UNWRITABLE',
      `${file} is damaged and cannot be set aside: ${messageOf(thrown)}.\nIt is as it was. Mend it, move it away, or let this user write in its folder; then start again.\nWhat is wrong with it: ${why}`,
      { context: { file }, cause: thrown },
    );
  }
}

/** An empty file under a name that nobody else had: renaming onto it can't hit another. */
async function reserveName(file: string, time: number): Promise<string> {
  const { dir, name, ext } = path.parse(file);
  const stamp = new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  for (let attempt = 1; ; attempt += 1) {
    const numbered = attempt === 1 ? stamp : `${stamp}-${attempt}`;
    const reserved = path.join(dir, `${name}.damaged-${numbered}${ext}`);
    if (await createsEmpty(reserved)) return reserved;
  }
}

/** @returns false when there is one already */
async function createsEmpty(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.close();
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false;
    throw thrown;
  }
}
