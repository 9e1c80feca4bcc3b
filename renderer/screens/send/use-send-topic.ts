import { useSend, useSettings } from '../../stores/hooks';

/** The topic that is sent to: the archived one until another is typed. */
export function useSendTopic(): string {
  const archived = useSettings(({ settings }) => settings?.topic ?? '');
  return useSend(({ topic }) => topic) ?? archived;
}
