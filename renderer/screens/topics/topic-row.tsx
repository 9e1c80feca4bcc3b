import { ActionIcon, Checkbox } from '@mantine/core';
import { IconEye, IconEyeCheck } from '@tabler/icons-react';
import { memo } from 'react';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { bytes, count, counted, exactBytes, NOTHING } from '../../format/format';
import { behindText, keepingExact, keepingText, lagSentence } from '../../format/topic-words';
import { showScreen } from '../../stores/frame';
import { useLive, useTopics } from '../../stores/hooks';
import { attempt } from '../../stores/report';
import type { TopicLine } from '../../stores/topic-lines';
import { chooseNames, showDetails, watchTopic } from '../../stores/topics';
import type { Column } from './columns';
import { TopicStateMark } from './topic-state-mark';
import classes from './topic-table.module.css';

export const TopicRow = memo(function TopicRow(props: {
  readonly line: TopicLine;
  readonly index: number;
  readonly columns: readonly Column[];
  readonly hasWatch: boolean;
}) {
  const { line, index, columns, hasWatch } = props;
  const { name, chosen, isSaved, fixedBecause } = line;
  const isActive = useTopics(({ active }) => active === name);
  return (
    <div
      className={cx(
        classes.row,
        classes.topic,
        (chosen !== null) !== isSaved && classes.changed,
        isActive && classes.active,
      )}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isActive}
      data-testid="topic-row"
      onClick={() => showDetails(isActive ? null : name)}
    >
      <span
        className={classes.tick}
        role="gridcell"
        title={fixedBecause ?? undefined}
        onClick={(event) => event.stopPropagation()}
      >
        <Checkbox
          size="xs"
          tabIndex={-1}
          aria-label={`Archive ${name}`}
          checked={chosen !== null}
          disabled={fixedBecause !== null}
          onChange={() => chooseNames([name], chosen === null)}
        />
      </span>
      {columns.map(({ id, isRight }) => (
        <span key={id} className={cx(classes.cell, isRight && classes.right)} role="gridcell">
          <Cell id={id} line={line} />
        </span>
      ))}
      {hasWatch && (
        <span className={classes.tick} role="gridcell" onClick={(event) => event.stopPropagation()}>
          {line.topic?.chosen === 'name' && <WatchButton name={name} />}
        </span>
      )}
    </div>
  );
});

function Cell(props: { readonly id: Column['id']; readonly line: TopicLine }) {
  const { id, line } = props;
  const { topic } = line;
  if (id === 'name') return <Name line={line} />;
  if (id === 'state') return <TopicStateMark line={line} />;
  if (topic === null) return <Figure>{NOTHING}</Figure>;
  switch (id) {
    case 'partitions':
      return <Figure>{count(topic.partitions)}</Figure>;
    case 'replicas':
      return <Figure>{count(topic.replication)}</Figure>;
    case 'size':
      return <Figure exact={exactBytes(topic.sizeBytes)}>{bytes(topic.sizeBytes)}</Figure>;
    case 'keeping':
      return (
        <span className={cx(topic.keeping === null && 'dim')} title={keepingExact(topic.keeping)}>
          {keepingText(topic.keeping)}
        </span>
      );
    case 'lag':
      return <Figure exact={lagSentence(topic.lag)}>{count(topic.lag?.records ?? null)}</Figure>;
    case 'behind':
      return <Figure exact={lagSentence(topic.lag)}>{behindText(topic.lag)}</Figure>;
  }
}

function Name(props: { readonly line: TopicLine }) {
  const { name, chosen, topic, fixedBecause } = props.line;
  const title = topic === null ? name : `${name}, ${counted(topic.partitions, 'partition')}`;
  return (
    <span className={classes.name}>
      <span className="mono ellipsis" title={title}>
        {name}
      </span>
      {chosen === 'pattern' && (
        <small className={classes.mark} title={fixedBecause ?? undefined}>
          by pattern
        </small>
      )}
      {topic?.isInternal === true && <small className={classes.mark}>internal</small>}
    </span>
  );
}

function WatchButton(props: { readonly name: string }) {
  const { name } = props;
  const isWatched = useLive(({ topic }) => topic === name) ?? false;
  const watch = (): void =>
    attempt(async () => {
      await watchTopic(name);
      showScreen('live');
    });
  return (
    <ActionIcon
      size={26}
      tabIndex={-1}
      variant={isWatched ? 'light' : 'subtle'}
      color={isWatched ? 'ice' : 'gray'}
      aria-label={isWatched ? `Live shows ${name}` : `Show ${name} in Live`}
      title={isWatched ? 'Live shows this topic' : 'Show in Live'}
      onClick={watch}
    >
      {isWatched ? <IconEyeCheck size={16} /> : <IconEye size={16} />}
    </ActionIcon>
  );
}
