import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openFolderStore } from '../../../electron/engine/store/folder-store';
import { storeContract } from './store-contract';

storeContract('a local folder', async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'permafrost-folder-'));
  const gone = await mkdtemp(path.join(tmpdir(), 'permafrost-folder-'));
  const missing = await openFolderStore(gone);
  await rm(gone, { recursive: true });
  return { store: await openFolderStore(home), missing, close: () => rm(home, { recursive: true }) };
});
