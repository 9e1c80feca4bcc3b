import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconRegex, IconX } from '@tabler/icons-react';
import type { SyntheticEvent } from 'react';
import type { ListedTopic } from '../../../shared/model/topic';
import { topicPatternText } from '../../../shared/model/topic-choice';
import { cx } from '../../components/cx';
import { counted } from '../../format/format';
import { useTopics } from '../../stores/hooks';
import { matchesOf } from '../../stores/topic-lines';
import { addPattern, choiceOf, removePattern, topicsStore } from '../../stores/topics';
import classes from './bars.module.css';

const NO_TOPICS: readonly ListedTopic[] = [];

/** Patterns choose topics by their names, also those that are made later. */
export function PatternBar() {
  const topics = useTopics(({ view }) => view?.topics ?? NO_TOPICS);
  const patterns = useTopics((state) => choiceOf(state).patterns);
  const saved = useTopics(({ view }) => view?.choice.patterns ?? NO_PATTERNS);
  return (
    <div className={cx(classes.bar, classes.patterns)}>
      <span
        className={classes.label}
        title="Topics whose whole name matches a pattern are archived, also those that are made later. Kafka's own never are."
      >
        <IconRegex size={16} aria-hidden /> By pattern
      </span>
      {patterns.length > 0 && (
        <ul className={classes.chips} aria-label="Patterns">
          {patterns.map((pattern) => (
            <li key={pattern} className={cx(classes.chip, !saved.includes(pattern) && classes.unsaved)}>
              <span className="mono ellipsis" title={pattern}>
                {pattern}
              </span>
              <span className="dim figure">{counted(matchesOf(pattern, topics), 'topic')}</span>
              <ActionIcon size={20} aria-label={`Remove the pattern ${pattern}`} onClick={() => removePattern(pattern)}>
                <IconX size={13} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <NewPattern topics={topics} patterns={patterns} />
    </div>
  );
}

const NO_PATTERNS: readonly string[] = [];

function NewPattern(props: { readonly topics: readonly ListedTopic[]; readonly patterns: readonly string[] }) {
  const text = useTopics((state) => state.patternText);
  const problem = text === '' ? null : problemOf(text, props.patterns);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (text !== '' && problem === null) addPattern(text);
  };
  return (
    <form className={classes.adding} onSubmit={submit} aria-label="Add a pattern" noValidate>
      <TextInput
        size="xs"
        classNames={{ input: classes.pattern ?? '' }}
        aria-label="Pattern"
        placeholder="Regular expression, such as fleet-.*"
        value={text}
        error={problem !== null}
        spellCheck={false}
        onChange={(event) => topicsStore.setState({ patternText: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          topicsStore.setState({ patternText: '' });
        }}
      />
      <Button type="submit" size="xs" variant="default" disabled={text === '' || problem !== null}>
        Add
      </Button>
      <span className={cx(classes.said, problem !== null && classes.bad)} role={problem === null ? 'status' : 'alert'}>
        {problem ?? (text === '' ? '' : `matches ${counted(matchesOf(text, props.topics), 'topic')}`)}
      </span>
    </form>
  );
}

function problemOf(text: string, patterns: readonly string[]): string | null {
  if (patterns.includes(text)) return 'This pattern is there already';
  const parsed = topicPatternText.safeParse(text);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'This is no regular expression');
}
