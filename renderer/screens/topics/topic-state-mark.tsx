import { IconInfoCircle, IconMinus, IconPlus } from '@tabler/icons-react';
import { StateMark } from '../../components/state-mark';
import { lagSentence, topicState, WARNING_WORDS, type TopicState } from '../../format/topic-words';
import { useLive } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import type { TopicLine } from '../../stores/topic-lines';
import classes from './topic-table.module.css';

/** Colour, icon and word; what it means in full on hover, and in the details. */
export function TopicStateMark(props: { readonly line: TopicLine }) {
  const { line } = props;
  const state = useTopicState(line);
  const notes = line.chosen === null ? [] : line.warnings.filter(({ severity }) => severity === 'note');
  if (state.change !== null) {
    const Icon = state.change === 'more' ? IconPlus : IconMinus;
    return (
      <span className={classes.change}>
        <Icon size={14} stroke={2.4} aria-hidden /> {state.word}
      </span>
    );
  }
  if (line.chosen === null) return <span className="dim">{state.word}</span>;
  const title = line.warnings[0]?.sentence ?? lagSentence(line.topic?.lag ?? null);
  return (
    <span className={classes.state}>
      <StateMark tone={state.tone} word={state.word} size={15} title={title === '' ? undefined : title} />
      {notes.length > 0 && (
        <span className={classes.noted} title={notes.map(({ sentence }) => sentence).join(' ')}>
          <IconInfoCircle size={15} aria-label={notes.map(({ kind }) => WARNING_WORDS[kind]).join(', ')} />
        </span>
      )}
    </span>
  );
}

export function useTopicState({ chosen, isSaved, topic, warnings }: TopicLine): TopicState {
  const isOn = useLive(({ archiver }) => isArchiving(archiver.state)) ?? false;
  const isMissing = topic === null;
  return topicState({ isChosen: chosen !== null, isSaved, isMissing, lag: topic?.lag ?? null, warnings }, isOn);
}
