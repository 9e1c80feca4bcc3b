import path from 'node:path';
import { DEFAULT_SETTINGS, settingsSchema, type Settings, type SettingsPatch } from '../../shared/model/settings';
import type { SetAside } from '../../shared/model/set-aside';
import { SETTINGS_MIGRATIONS } from '../../shared/model/settings-migrations';
import { Turns } from './turns';
import { openVersioned, writeVersioned, type FileKind } from './versioned-file';

const SETTINGS: FileKind<Settings> = {
  what: 'The settings',
  schema: settingsSchema,
  migrations: SETTINGS_MIGRATIONS,
  holdsSecrets: false,
};

export interface OpenedSettings {
  readonly settings: SettingsFile;
  /** the file that was damaged: the settings are the defaults then */
  readonly setAside: SetAside | null;
}

/** The user's settings in the data folder. */
export class SettingsFile {
  readonly #file: string;
  readonly #turns = new Turns();
  #settings: Settings;

  private constructor(file: string, settings: Settings) {
    this.#file = file;
    this.#settings = settings;
  }

  /**
   * A damaged file is set aside, an older one brought up to date.
   * @throws PermafrostError INPUT_INVALID for settings of a newer Permafrost; FILE_UNREADABLE; FILE_UNWRITABLE when a
   * damaged file cannot be set aside: it is never replaced in silence
   */
  static async open(dataDir: string): Promise<OpenedSettings> {
    const file = path.join(dataDir, 'settings.json');
    const { content, setAside } = await openVersioned(file, SETTINGS);
    return { settings: new SettingsFile(file, content ?? DEFAULT_SETTINGS), setAside };
  }

  get current(): Settings {
    return this.#settings;
  }

  /** @throws PermafrostError FILE_UNWRITABLE; the settings are as they were then */
  update(patch: SettingsPatch): Promise<Settings> {
    return this.#turns.take(async () => {
      const present = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const next = settingsSchema.parse({ ...this.#settings, ...present });
      await writeVersioned(this.#file, SETTINGS, next);
      this.#settings = next;
      return next;
    });
  }
}
