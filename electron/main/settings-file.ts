import path from 'node:path';
import { z } from 'zod';
import { messageOf, PermafrostError } from '../../shared/errors';
import { DEFAULT_SETTINGS, settingsSchema, type Settings, type SettingsPatch } from '../../shared/model/settings';
import { readIfThere, replaceFile } from './files';

/** The user's settings in the data folder. */
export class SettingsFile {
  readonly #file: string;
  #settings: Settings;

  private constructor(file: string, settings: Settings) {
    this.#file = file;
    this.#settings = settings;
  }

  /** @throws PermafrostError INPUT_INVALID, naming the file and the field: a damaged file is never replaced in silence */
  static async open(dataDir: string): Promise<SettingsFile> {
    const file = path.join(dataDir, 'settings.json');
    const text = await readIfThere(file);
    return new SettingsFile(file, text === null ? DEFAULT_SETTINGS : parseSettings(file, text));
  }

  get current(): Settings {
    return this.#settings;
  }

  async update(patch: SettingsPatch): Promise<Settings> {
    const present = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const next = settingsSchema.parse({ ...this.#settings, ...present });
    await replaceFile(this.#file, `${JSON.stringify(next, null, 2)}\n`);
    this.#settings = next;
    return next;
  }
}

function parseSettings(file: string, text: string): Settings {
  try {
    return settingsSchema.parse(JSON.parse(text));
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown);
    throw new PermafrostError(
      'INPUT_INVALID',
      `The settings in ${file} cannot be read: ${why}\nMend the file, or move it away to begin with the defaults.`,
      { context: { file }, cause: thrown },
    );
  }
}
