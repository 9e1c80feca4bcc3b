import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { saveFile, type WriteBytes } from '../../../../electron/engine/restore/download/saved-file';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'permafrost-save-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const content =
  (...parts: string[]) =>
  async (write: WriteBytes): Promise<void> => {
    for (const part of parts) await write(Buffer.from(part));
  };

describe('a file that is saved', () => {
  test('holds what was written, in order, and lies alone in the folder', async () => {
    const folder = await makeFolder();

    const { path } = await saveFile(folder, 'a.txt', content('one ', 'two ', 'three'));

    expect(path).toBe(join(folder, 'a.txt'));
    expect(await readFile(path, 'utf8')).toBe('one two three');
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  test('gets a number when the folder has its name, and leaves the other as it is', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt'), 'mine');

    await saveFile(folder, 'a.txt', content('first'));
    await saveFile(folder, 'a.txt', content('second'));

    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('mine');
    expect(await readFile(join(folder, 'a (2).txt'), 'utf8')).toBe('first');
    expect(await readFile(join(folder, 'a (3).txt'), 'utf8')).toBe('second');
  });

  test('leaves nothing behind when its content fails', async () => {
    const folder = await makeFolder();
    const failing = saveFile(folder, 'a.txt', async (write) => {
      await write(Buffer.from('half'));
      throw new Error('the line is dead');
    });

    await expect(failing).rejects.toThrow('the line is dead');
    expect(await readdir(folder)).toEqual([]);
  });

  test('cannot be written into a folder that is not there, or is a file', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'file'), '');

    for (const wrong of ['missing', 'file']) {
      await expect(saveFile(join(folder, wrong), 'a.txt', content('x'))).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
      });
    }
  });

  test('takes the next name when a folder has its name', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'a.txt'));

    const { path } = await saveFile(folder, 'a.txt', content('x'));

    expect(path).toBe(join(folder, 'a (2).txt'));
  });

  test('stays when the same is there already, under its name or a number', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt'), 'mine');
    const first = await saveFile(folder, 'a.txt', content('same'));

    const second = await saveFile(folder, 'a.txt', content('same'));

    expect(first).toEqual({ path: join(folder, 'a (2).txt'), wasThere: false });
    expect(second).toEqual({ path: join(folder, 'a (2).txt'), wasThere: true });
    expect((await readdir(folder)).sort()).toEqual(['a (2).txt', 'a.txt']);
  });

  test('never follows a link that has its name', async () => {
    const [folder, elsewhere] = [await makeFolder(), await makeFolder()];
    await writeFile(join(elsewhere, 'target'), 'same');
    await symlink(join(elsewhere, 'target'), join(folder, 'a.txt'));
    await symlink(join(elsewhere, 'absent'), join(folder, 'b.txt'));

    const { path } = await saveFile(folder, 'a.txt', content('same'));
    await saveFile(folder, 'b.txt', content('other'));

    expect(path).toBe(join(folder, 'a (2).txt'));
    expect((await readdir(folder)).sort()).toEqual(['a (2).txt', 'a.txt', 'b (2).txt', 'b.txt']);
    expect(await readdir(elsewhere)).toEqual(['target']);
    expect(await readFile(join(elsewhere, 'target'), 'utf8')).toBe('same');
  });
});
