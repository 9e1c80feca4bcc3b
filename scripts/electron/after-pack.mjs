// @ts-check
/** A hook of electron-builder: takes out what an unpacked Electron has for development. */
import { rm } from 'node:fs/promises';
import path from 'node:path';

/** @param {{ appOutDir: string }} context */
export default async function afterPack({ appOutDir }) {
  for (const name of ['resources/default_app.asar', 'version']) await rm(path.join(appOutDir, name), { force: true });
}
