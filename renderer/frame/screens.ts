import {
  IconActivityHeartbeat,
  IconBucket,
  IconDatabaseImport,
  IconKey,
  IconSend,
  IconSettings,
  IconShieldCheck,
  IconStack2,
  type Icon,
} from '@tabler/icons-react';
import { SCREENS } from '../stores/frame';

const NAMES: Readonly<Record<(typeof SCREENS)[number], readonly [name: string, icon: Icon]>> = {
  live: ['Live', IconActivityHeartbeat],
  topics: ['Topics', IconStack2],
  send: ['Send', IconSend],
  bucket: ['Bucket', IconBucket],
  verify: ['Verify', IconShieldCheck],
  restore: ['Restore', IconDatabaseImport],
  keys: ['Keys', IconKey],
  settings: ['Settings', IconSettings],
};

/** The screens in the order of the rail and of Ctrl/Cmd+1... */
export const SCREEN_LIST = SCREENS.map((screen, index) => {
  const [name, icon] = NAMES[screen];
  return { screen, name, icon, digit: String(index + 1) };
});

/** How this computer's keyboard calls the modifier. */
export function modKey(platform: string | undefined): string {
  return platform === 'darwin' ? '⌘' : 'Ctrl ';
}
