import { createStore } from 'zustand/vanilla';
import type { KeyView } from '../../shared/model/key';
import { request } from '../ipc/client';

export interface KeysState {
  /** null until the first answer */
  readonly keys: readonly KeyView[] | null;
}

export const keysStore = createStore<KeysState>(() => ({ keys: null }));

export function receiveKeys(keys: readonly KeyView[]): void {
  keysStore.setState({ keys });
}

export async function loadKeys(): Promise<void> {
  receiveKeys(await request('key.list'));
}

export function currentKey({ keys }: KeysState): KeyView | null {
  return keys?.find(({ current }) => current) ?? null;
}

/** What main would refuse, said before it is tried; null when it may be forgotten. */
export function whyNotForget(key: KeyView): string | null {
  if (key.current) return 'New archives are encrypted to this key. Make another key current first.';
  if (key.exportedAt === null && key.origin === 'generated') return 'This key was never exported. Export it first.';
  return null;
}
