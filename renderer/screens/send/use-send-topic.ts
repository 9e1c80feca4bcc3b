import { useLive, useSend } from '../../stores/hooks';

/** The topic that is sent to: the watched one until another is typed. */
export function useSendTopic(): string {
  const watched = useWatchedTopic();
  return useSend(({ topic }) => topic) ?? watched;
}

/** '' while none is chosen. */
export function useWatchedTopic(): string {
  return useLive(({ topic }) => topic ?? '') ?? '';
}
