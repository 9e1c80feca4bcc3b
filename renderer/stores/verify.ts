/** What the Verify screen asks for and shows; kept while another screen is shown. */
import { createStore } from 'zustand/vanilla';
import type { JobView } from '../../shared/model/job';
import type { ChainView, StretchView, VerificationView } from '../../shared/model/verify';
import { request } from '../ipc/client';

export interface VerifyState {
  /** empty: all topics */
  readonly topic: string;
  /** of so many archives one is read */
  readonly oneOf: number;
  /** the last verification that ended; null before the first */
  readonly view: VerificationView | null;
}

export const verifyStore = createStore<VerifyState>(() => ({ topic: '', oneOf: 1, view: null }));

/** What a verification looks at: each takes the ones before along. */
export type Depth = 'coverage' | 'contents' | 'kafka';

export async function startVerification(depth: Depth): Promise<void> {
  const { topic, oneOf } = verifyStore.getState();
  await request('verify.start', {
    topic: topic === '' ? null : topic,
    content: depth === 'coverage' ? null : { oneOf, withSource: depth === 'kafka' },
  });
}

/** Fetches what a verification has found, once. */
export async function loadVerification({ id, state }: JobView): Promise<void> {
  if (state !== 'done' || verifyStore.getState().view?.jobId === id) return;
  const view = await request('verify.result', { jobId: id });
  if (view !== null) verifyStore.setState({ view });
}

/** Offsets of a stretch. */
export function lengthOf({ firstOffset, nextOffset }: Pick<StretchView, 'firstOffset' | 'nextOffset'>): number {
  return Number(BigInt(nextOffset) - BigInt(firstOffset));
}

/** Offsets of a chain's stretches of one kind. */
export function offsetsOf({ stretches }: Pick<ChainView, 'stretches'>, kind: StretchView['kind']): number {
  return stretches.filter((stretch) => stretch.kind === kind).reduce((sum, stretch) => sum + lengthOf(stretch), 0);
}

/** What is wrong with an archive itself, not with what lies between archives. */
export const BROKEN_ARCHIVES: ReadonlySet<string> = new Set(['damaged', 'misplaced', 'unreadable', 'vanished']);
