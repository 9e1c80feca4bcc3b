import { spotlight } from '@mantine/spotlight';
import { useEffect } from 'react';
import type { MenuAction } from '../../shared/ipc/contract';
import { on } from '../ipc/client';
import { chooseArchiveFile } from '../stores/bucket';
import { frameStore, showScreen } from '../stores/frame';
import { toggleArchiving } from '../stores/live';
import { attempt } from '../stores/report';
import { openSearch } from '../stores/search';
import { SCREEN_LIST } from './screens';

/** Ctrl/Cmd+1..8 the screens, Ctrl/Cmd+0 Connections, Ctrl/Cmd+K the palette, Ctrl/Cmd+Shift+A archiving, Ctrl/Cmd+Shift+F a search, Ctrl/Cmd+O an archive, / the filter of the screen. */
export function useShortcuts(): void {
  useEffect(() => {
    const act = (event: KeyboardEvent): void => {
      if (actOn(event)) event.preventDefault();
    };
    window.addEventListener('keydown', act);
    return () => window.removeEventListener('keydown', act);
  }, []);
}

/** @returns true when the key was ours */
function actOn(event: KeyboardEvent): boolean {
  const isMod = (event.ctrlKey || event.metaKey) && !event.altKey;
  const key = event.key.toLowerCase();
  if (isMod && key === 'k') {
    spotlight.toggle();
    return true;
  }
  if (frameStore.getState().dialog !== null) return false;
  if (isMod && event.shiftKey && key === 'a') {
    attempt(toggleArchiving);
    return true;
  }
  if (isMod && event.shiftKey && key === 'f') {
    openSearch();
    return true;
  }
  if (isMod && key === 'o') {
    attempt(chooseArchiveFile);
    return true;
  }
  if (isMod && key === '0') {
    showScreen('connections');
    return true;
  }
  const target = isMod ? SCREEN_LIST.find(({ digit }) => digit === event.key) : undefined;
  if (target !== undefined) {
    showScreen(target.screen);
    return true;
  }
  if (event.key !== '/' || isMod || isTyping(event.target)) return false;
  const filter = document.querySelector<HTMLInputElement>('input[data-filter]');
  filter?.focus();
  filter?.select();
  return filter !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

const MENU: Readonly<Record<MenuAction, () => void>> = {
  'show-connections': () => showScreen('connections'),
  'show-live': () => showScreen('live'),
  'show-topics': () => showScreen('topics'),
  'show-send': () => showScreen('send'),
  'show-bucket': () => showScreen('bucket'),
  'show-verify': () => showScreen('verify'),
  'show-restore': () => showScreen('restore'),
  'show-keys': () => showScreen('keys'),
  'show-settings': () => showScreen('settings'),
  'toggle-archiving': () => attempt(toggleArchiving),
  'open-archive': () => attempt(chooseArchiveFile),
  'open-palette': spotlight.open,
};

export function useMenuActions(): void {
  useEffect(() => on('menu', ({ action }) => MENU[action]()), []);
}
