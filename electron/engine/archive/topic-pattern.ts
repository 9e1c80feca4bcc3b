/** Patterns of topics' names, as errors of ours where they cannot be read. */
import { messageOf, PermafrostError } from '../../../shared/errors';
import { chooser, wholeName, type TopicChoice } from '../../../shared/model/topic-choice';

/** A pattern must match a whole name, as in Kafka's own tools. @throws PermafrostError INPUT_INVALID */
export function topicPattern(text: string): RegExp {
  try {
    return wholeName(text);
  } catch (cause) {
    throw new PermafrostError('INPUT_INVALID', `"${text}" is not a pattern of topics' names: ${messageOf(cause)}.`, {
      context: { field: 'pattern' },
      cause,
    });
  }
}

/** @returns tells of a topic whether it is chosen, and how @throws PermafrostError INPUT_INVALID */
export function topicChooser(choice: TopicChoice): ReturnType<typeof chooser> {
  choice.patterns.forEach(topicPattern);
  return chooser(choice);
}
