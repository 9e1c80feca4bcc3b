import { createStore } from 'zustand/vanilla';
import type { Events } from '../../shared/ipc/contract';
import type { ArchiverState, LiveSnapshot } from '../../shared/model/live';
import { request } from '../ipc/client';
import { shareUnchanged } from './share-unchanged';
import { ThroughputHistory } from './throughput-history';

export interface LiveState {
  /** null until the first answer */
  readonly snapshot: LiveSnapshot | null;
}

export const liveStore = createStore<LiveState>(() => ({ snapshot: null }));

/** Beside the store, since it changes with every sample and only the chart reads it. */
export const throughputHistory = new ThroughputHistory();

export function receiveLive({ snapshot, sample }: Events['live']): void {
  throughputHistory.add([sample]);
  receiveSnapshot(snapshot);
}

export function receiveSnapshot(snapshot: LiveSnapshot): void {
  liveStore.setState((state) => ({ snapshot: shareUnchanged(state.snapshot, snapshot) }));
}

export async function loadLive(): Promise<void> {
  const [history, snapshot] = await Promise.all([request('live.history'), request('live.get')]);
  throughputHistory.addEarlier(history);
  if (liveStore.getState().snapshot === null) receiveSnapshot(snapshot);
}

/** True from the moment archiving was asked for until all is closed. */
export function isArchiving(state: ArchiverState): boolean {
  return state !== 'stopped' && state !== 'failed';
}

export async function toggleArchiving(): Promise<void> {
  const state = liveStore.getState().snapshot?.archiver.state ?? 'stopped';
  if (state === 'closing') return;
  await request(isArchiving(state) ? 'archiver.stop' : 'archiver.start');
}

/** Pauses what is archiving, and goes on with what is paused; otherwise there is nothing to pause. */
export async function togglePause(): Promise<void> {
  const state = liveStore.getState().snapshot?.archiver.state ?? 'stopped';
  if (state === 'paused') await request('archiver.resume');
  else if (canPause(state)) await request('archiver.pause');
}

export function canPause(state: ArchiverState): boolean {
  return state === 'archiving' || state === 'degraded';
}
