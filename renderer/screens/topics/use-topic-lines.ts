import { useMemo } from 'react';
import { DEFAULT_SETTINGS } from '../../../shared/model/settings';
import type { ChoiceChange } from '../../format/topic-words';
import { useLive, useSettings, useTopics } from '../../stores/hooks';
import { changeOf, shownLines, topicLines, type TopicLine } from '../../stores/topic-lines';
import { choiceOf } from '../../stores/topics';

export interface TopicLines {
  /** all of them */
  readonly lines: readonly TopicLine[];
  readonly shown: readonly TopicLine[];
  readonly change: ChoiceChange;
  /** the sandbox's topic; null for a cluster of the user's */
  readonly own: string | null;
}

/** The rows of the screen; null before Kafka has answered. */
export function useTopicLines(): TopicLines | null {
  const view = useTopics((state) => state.view);
  const draft = useTopics((state) => state.draft);
  const orderedBy = useTopics((state) => state.orderedBy);
  const query = useTopics((state) => state.query);
  const own = useLive(({ connection, topic }) => (connection.isSandbox ? topic : null));
  const maxSegmentAgeMs = useSettings(({ settings }) => (settings ?? DEFAULT_SETTINGS).maxSegmentAgeMs);

  const question = useMemo(
    () => ({ choice: choiceOf({ view, draft }), own, maxSegmentAgeMs }),
    [view, draft, own, maxSegmentAgeMs],
  );
  const lines = useMemo(() => (view === null ? null : topicLines({ view, ...question })), [view, question]);
  const ordering = useMemo(
    () => (orderedBy === null || orderedBy === view ? null : topicLines({ view: orderedBy, ...question })),
    [orderedBy, view, question],
  );
  const shown = useMemo(
    () => (lines === null ? [] : shownLines(lines, query, ordering ?? lines)),
    [lines, query, ordering],
  );
  if (view === null || lines === null) return null;
  return { lines, shown, change: changeOf(lines, view.choice, question.choice), own };
}
