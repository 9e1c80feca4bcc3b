/** What of the window is open: screen, panel, dialog. */
import { createStore } from 'zustand/vanilla';
import type { ObjectChoice } from '../../shared/model/catalog';
import type { LifecycleRule } from '../../shared/model/lifecycle';

export const SCREENS = ['live', 'topics', 'send', 'bucket', 'verify', 'restore', 'keys', 'settings'] as const;
/** Connections has no place in the rail's list: the box on top of it leads there. */
export type Screen = (typeof SCREENS)[number] | 'connections';

export type Dialog =
  | { readonly kind: 'create-bucket' }
  | { readonly kind: 'delete-bucket'; readonly bucket: string }
  | { readonly kind: 'change-retention'; readonly bucket: string }
  | { readonly kind: 'lock-retention'; readonly bucket: string }
  | {
      readonly kind: 'delete-by-rules';
      readonly bucket: string;
      readonly rules: readonly LifecycleRule[];
      readonly then: 'save' | 'apply';
    }
  | { readonly kind: 'delete-archives'; readonly bucket: string; readonly choice: ObjectChoice }
  | { readonly kind: 'import-key' }
  | { readonly kind: 'remove-connection'; readonly id: string; readonly name: string }
  | { readonly kind: 'forget-key'; readonly fingerprint: string };

export interface FrameState {
  readonly screen: Screen;
  readonly isJobsOpen: boolean;
  readonly isProblemsOpen: boolean;
  readonly dialog: Dialog | null;
}

export const frameStore = createStore<FrameState>(() => ({
  screen: 'live',
  isJobsOpen: false,
  isProblemsOpen: false,
  dialog: null,
}));

export function showScreen(screen: Screen): void {
  frameStore.setState({ screen, isJobsOpen: false, isProblemsOpen: false });
}

export function showJobs(isJobsOpen: boolean): void {
  frameStore.setState({ isJobsOpen, isProblemsOpen: false });
}

export function showProblems(isProblemsOpen: boolean): void {
  frameStore.setState({ isProblemsOpen, isJobsOpen: false });
}

export function openDialog(dialog: Dialog): void {
  frameStore.setState({ dialog });
}

export function closeDialog(): void {
  frameStore.setState({ dialog: null });
}
