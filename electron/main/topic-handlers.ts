import { PermafrostError } from '../../shared/errors';
import type { topicRequests } from '../../shared/ipc/topic-requests';
import type { TopicChoice } from '../../shared/model/topic-choice';
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';

export function topicHandlers(app: App): Pick<RequestHandlers, keyof typeof topicRequests> {
  const { connections: book } = app.parts;
  return {
    'topics.list': async () => {
      const { archiverGroup: groupId, topics: choice } = app.place;
      return (await app.threads.inspector.channel()).request('topics', { groupId, choice });
    },
    'topics.choose': async (params) => {
      const choice = withoutDoubles(params);
      const { id, isSandbox } = app.place;
      if (isSandbox) {
        const { topic } = app.settings;
        await app.updateSettings({ topics: { ...choice, names: choice.names.filter((name) => name !== topic) } });
        return null;
      }
      if (app.archiver.isRunning) {
        throw new PermafrostError('BUSY', 'Archiving is running with these topics. Stop archiving, then change them.');
      }
      const before = app.place.topic;
      await book.change(id, (connection) => ({
        ...connection,
        archiving: { ...connection.archiving, topics: choice },
      }));
      app.connectionsChanged();
      if (app.place.topic !== before) await app.watchAgain();
      return null;
    },
    'topics.watch': async ({ topic: watched }) => {
      const { id, isSandbox, topics } = app.place;
      if (isSandbox || !topics.names.includes(watched)) {
        throw new PermafrostError(
          'INPUT_INVALID',
          `Live shows a topic that is chosen by name. Choose ${watched} first.`,
          {
            context: { field: 'topic' },
          },
        );
      }
      await book.change(id, (connection) => ({ ...connection, archiving: { ...connection.archiving, watched } }));
      app.connectionsChanged();
      await app.watchAgain();
      return null;
    },
  };
}

function withoutDoubles({ names, patterns }: TopicChoice): TopicChoice {
  return { names: [...new Set(names)], patterns: [...new Set(patterns)] };
}
