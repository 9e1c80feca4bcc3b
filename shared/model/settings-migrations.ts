/** How settings of older versions become those of today: the app and the command read them alike. */
import { newestVersion, type Migration } from './file-versions';

/** In their order; a new one goes to the end, with a file of the version before it in test/vectors/settings. */
export const SETTINGS_MIGRATIONS: readonly Migration[] = [
  // 2: the file says which version it has
  (fields) => fields,
];

export const SETTINGS_VERSION = newestVersion(SETTINGS_MIGRATIONS);
