/** The topics of the connection's cluster, and which of them are archived. */
import { z } from 'zod';
import { topicChoiceSchema, topicName } from '../model/settings';
import type { TopicsView } from '../model/topic';
import { nothing, request } from './request';

export const topicRequests = {
  /** asks Kafka each time; KAFKA_UNAVAILABLE when it does not answer in time */
  'topics.list': request(nothing).answers<TopicsView>(),
  /** the whole choice; the sandbox's own topic is always part of it. BUSY while archiving runs */
  'topics.choose': request(topicChoiceSchema).answers<null>(),
  /** the topic that Live shows, of those that are chosen by name; not for the sandbox, which shows its own */
  'topics.watch': request(z.strictObject({ topic: topicName })).answers<null>(),
} as const;
