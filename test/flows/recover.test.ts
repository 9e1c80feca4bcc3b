/** The command that saves what damaged archives still hold. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openFolderStore } from '../../electron/engine/store/folder-store';
import { breadcrumbValues, makeFolder, replaceContent, storeArchive } from '../engine/restore/support';
import { events, permafrost } from './command';

test('of a topic whole archives are told, and a damaged one is saved in part', async () => {
  const folder = await makeFolder();
  const to = path.join(await makeFolder(), 'recovered');
  const store = await openFolderStore(folder);
  const values = breadcrumbValues(300);
  await storeArchive(store, { values });
  const other = await storeArchive(store, { values, partition: 1, blockBytes: 8_000 });
  const damaged = await replaceContent(store, other, (content) => content.subarray(0, 5_000));
  const flags = ['--folder', folder, '--to', to, '--json'];

  const run = permafrost('recover', '--topic', 'archivetest', ...flags);

  expect(await run.ended).toMatchObject({ code: 3, stderr: '' });
  const [whole, partial] = events(run, 'recovered');
  expect(whole).toMatchObject({ state: 'whole', records: 300, file: null });
  expect(partial).toMatchObject({ state: 'partial', lost: [{ nextOffset: '400' }] });
  const lines = (await readFile(path.join(to, 'archivetest-1-100.partial.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(partial!['records'] as number);

  const body = permafrost('recover', path.join(folder, damaged.name), '--to', to);
  const { code, stderr } = await body.ended;
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  expect(body.lines.join()).toContain('records recovered, it is not known how many are lost');

  const missing = permafrost('recover', 'archive/nope', ...flags);
  expect((await missing.ended).code).toBe(3);
  expect(events(missing, 'not-recovered')).toMatchObject([{ code: 'STORE_NOT_FOUND' }]);

  const wrongly = permafrost('recover', '--to', to);
  expect((await wrongly.ended).code).toBe(2);
});
