/** The stores, as React reads them. */
import { useStore } from 'zustand';
import type { LiveSnapshot } from '../../shared/model/live';
import { bucketStore, type BucketState } from './bucket';
import { bucketDeletionsStore, type BucketDeletionsState } from './bucket-deletions';
import { bucketSettingsStore, type BucketSettingsState } from './bucket-settings';
import { connectionsStore, type ConnectionsState } from './connections';
import { frameStore, type FrameState } from './frame';
import { jobsStore, type JobsState } from './jobs';
import { keysStore, type KeysState } from './keys';
import { liveStore } from './live';
import { previewStore, type PreviewState } from './preview';
import { restoreStore, type RestoreState } from './restore';
import { searchStore, type SearchState } from './search';
import { sendStore, type SendState } from './send';
import { settingsStore, type SettingsState } from './settings';
import { topicsStore, type TopicsState } from './topics';
import { verifyStore, type VerifyState } from './verify';

/** A part of the latest snapshot; null until there is one. Renders again only when that part changes. */
export function useLive<Part>(select: (snapshot: LiveSnapshot) => Part): Part | null {
  return useStore(liveStore, ({ snapshot }) => (snapshot === null ? null : select(snapshot)));
}

/** Seconds since 1970 as the main process counts them, as ms; moves once a second. */
export function useNow(): number {
  return useStore(liveStore, ({ snapshot }) => Math.floor((snapshot?.at ?? 0) / 1000) * 1000 + 999);
}

export const useBucket = <Part>(select: (state: BucketState) => Part): Part => useStore(bucketStore, select);
export const useBucketDeletions = <Part>(select: (state: BucketDeletionsState) => Part): Part =>
  useStore(bucketDeletionsStore, select);
export const useBucketSettings = <Part>(select: (state: BucketSettingsState) => Part): Part =>
  useStore(bucketSettingsStore, select);
export const useConnections = <Part>(select: (state: ConnectionsState) => Part): Part =>
  useStore(connectionsStore, select);
export const useFrame = <Part>(select: (state: FrameState) => Part): Part => useStore(frameStore, select);
export const useJobs = <Part>(select: (state: JobsState) => Part): Part => useStore(jobsStore, select);
export const useKeys = <Part>(select: (state: KeysState) => Part): Part => useStore(keysStore, select);
export const usePreview = <Part>(select: (state: PreviewState) => Part): Part => useStore(previewStore, select);
export const useRestore = <Part>(select: (state: RestoreState) => Part): Part => useStore(restoreStore, select);
export const useSearch = <Part>(select: (state: SearchState) => Part): Part => useStore(searchStore, select);
export const useSend = <Part>(select: (state: SendState) => Part): Part => useStore(sendStore, select);
export const useSettings = <Part>(select: (state: SettingsState) => Part): Part => useStore(settingsStore, select);
export const useTopics = <Part>(select: (state: TopicsState) => Part): Part => useStore(topicsStore, select);
export const useVerify = <Part>(select: (state: VerifyState) => Part): Part => useStore(verifyStore, select);
