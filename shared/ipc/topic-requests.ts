/** The topics of the connection's cluster, and which of them are archived. */
import { topicChoiceSchema } from '../model/settings';
import type { TopicsView } from '../model/topic';
import { nothing, request } from './request';

export const topicRequests = {
  /** asks Kafka each time; KAFKA_UNAVAILABLE when it does not answer in time */
  'topics.list': request(nothing).answers<TopicsView>(),
  /** beside the settings' own topic; BUSY while archiving runs */
  'topics.choose': request(topicChoiceSchema).answers<null>(),
} as const;
