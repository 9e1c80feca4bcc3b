import type { topicRequests } from '../../shared/ipc/topic-requests';
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';

export function topicHandlers(app: App): Pick<RequestHandlers, keyof typeof topicRequests> {
  return {
    'topics.list': async () => {
      const { groupId, topics: choice } = app.archiveOptions();
      return (await app.inspector.channel()).request('topics', { groupId, choice });
    },
    'topics.choose': async ({ names, patterns }) => {
      await app.updateSettings({ topics: { names: [...new Set(names)], patterns: [...new Set(patterns)] } });
      return null;
    },
  };
}
