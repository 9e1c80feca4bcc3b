import { stat } from 'node:fs/promises';
import path from 'node:path';
import { dialog, type BrowserWindow, type FileFilter } from 'electron';
import type { ChosenFile } from '../../shared/ipc/contract';

/** File dialogs, each remembering the folder that it was left in. */
export class Dialogs {
  readonly #window: () => BrowserWindow;
  readonly #folders = new Map<string, string>();

  constructor(window: () => BrowserWindow) {
    this.#window = window;
  }

  async chooseFile(title: string, filters: FileFilter[]): Promise<ChosenFile | null> {
    const { canceled, filePaths } = await dialog.showOpenDialog(this.#window(), {
      title,
      filters: [...filters, { name: 'All files', extensions: ['*'] }],
      properties: ['openFile'],
      ...this.#lastFolder(title),
    });
    const file = filePaths[0];
    if (canceled || file === undefined) return null;
    this.#folders.set(title, path.dirname(file));
    return { path: file, name: path.basename(file), bytes: (await stat(file)).size };
  }

  async chooseFolder(title: string): Promise<string | null> {
    const { canceled, filePaths } = await dialog.showOpenDialog(this.#window(), {
      title,
      buttonLabel: 'Choose folder',
      properties: ['openDirectory', 'createDirectory'],
      ...this.#lastFolder(title),
    });
    const folder = filePaths[0];
    if (canceled || folder === undefined) return null;
    this.#folders.set(title, folder);
    return folder;
  }

  async chooseTarget(title: string, suggested: string): Promise<string | null> {
    const folder = this.#folders.get(title);
    const { canceled, filePath } = await dialog.showSaveDialog(this.#window(), {
      title,
      defaultPath: folder === undefined ? suggested : path.join(folder, suggested),
    });
    if (canceled || filePath === '') return null;
    this.#folders.set(title, path.dirname(filePath));
    return filePath;
  }

  /** @returns whether the user chose to go on */
  async confirm(message: string, detail: string, goOn: string): Promise<boolean> {
    const { response } = await dialog.showMessageBox(this.#window(), {
      type: 'warning',
      message,
      detail,
      buttons: [goOn, 'Cancel'],
      defaultId: 1,
      cancelId: 1,
    });
    return response === 0;
  }

  #lastFolder(title: string): { defaultPath?: string } {
    const folder = this.#folders.get(title);
    return folder === undefined ? {} : { defaultPath: folder };
  }
}
