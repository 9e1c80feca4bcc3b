import { createStore } from 'zustand/vanilla';
import type { AppInfo } from '../../shared/ipc/contract';
import type { Settings, SettingsPatch } from '../../shared/model/settings';
import { request } from '../ipc/client';

export interface SettingsState {
  /** null until the first answer */
  readonly settings: Settings | null;
  readonly info: AppInfo | null;
  /** until the next start */
  readonly isSetAsideSeen: boolean;
}

export const settingsStore = createStore<SettingsState>(() => ({ settings: null, info: null, isSetAsideSeen: false }));

export function receiveSettings(settings: Settings): void {
  settingsStore.setState({ settings });
}

export async function loadSettings(): Promise<void> {
  const [settings, info] = await Promise.all([request('settings.get'), request('app.info')]);
  settingsStore.setState({ settings, info });
}

/** The user has read which files were set aside. */
export function dismissSetAside(): void {
  settingsStore.setState({ isSetAsideSeen: true });
}

/** @throws PermafrostError INPUT_INVALID with context.field; BUSY for what can't change while archiving */
export async function saveSettings(patch: SettingsPatch): Promise<void> {
  receiveSettings(await request('settings.update', patch));
}

/** What is kept on this computer can be read by whoever reads the data folder. */
export function hasNoKeyring({ info } = settingsStore.getState()): boolean {
  return info?.secretStorage === 'obfuscated';
}
