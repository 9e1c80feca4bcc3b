import { Button, Checkbox, UnstyledButton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconFilterOff } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useMemo, type CSSProperties, type KeyboardEvent } from 'react';
import { Banner } from '../../components/banner';
import { cx } from '../../components/cx';
import { MessagePanel } from '../../components/message-panel';
import { useRowWindow } from '../../components/use-row-window';
import { useTopics } from '../../stores/hooks';
import type { TopicLine } from '../../stores/topic-lines';
import { askTopics, chooseNames, FIRST_QUERY, showDetails, sortTopics, topicsStore } from '../../stores/topics';
import { columnsFor, gridOf, type Column } from './columns';
import { TopicRow } from './topic-row';
import classes from './topic-table.module.css';

const ROW_HEIGHT = 36;
const HEAD_HEIGHT = 36;

/** One row a topic; only those in sight are drawn. */
export function TopicTable(props: {
  readonly lines: readonly TopicLine[];
  /** a topic can be shown in Live */
  readonly hasWatch: boolean;
  readonly isNothingChosen: boolean;
}) {
  const { lines, hasWatch } = props;
  const query = useTopics((state) => state.query);
  const { ref, width } = useElementSize();
  const columns = useMemo(() => columnsFor(width), [width]);
  const { attach, ...window } = useRowWindow(lines.length, ROW_HEIGHT, HEAD_HEIGHT);
  const toTop = useEffectEvent(() => window.scrollToRow(0));
  useEffect(() => toTop(), [query]);
  const active = useTopics((state) => state.active);
  const hasDraft = useTopics(({ draft }) => draft !== null);
  // details and save bar take room from the table: the row they are about stays in sight
  const toActive = useEffectEvent(() => {
    const at = lines.findIndex(({ name }) => name === active);
    if (at >= 0) window.scrollToRow(at);
  });
  useEffect(() => toActive(), [active, hasDraft]);

  return (
    <div ref={ref} className={classes.table} style={{ '--columns': gridOf(columns, hasWatch) } as CSSProperties}>
      {props.isNothingChosen && <NothingChosen />}
      {lines.length === 0 ? (
        <NothingFits />
      ) : (
        <div
          ref={attach}
          className={classes.scroll}
          tabIndex={0}
          role="grid"
          aria-label="Topics"
          aria-rowcount={lines.length}
          onScroll={window.onScroll}
          onKeyDown={(event) => {
            if (handleKey(event, lines, window.scrollToRow)) event.preventDefault();
          }}
        >
          <Head lines={lines} columns={columns} hasWatch={hasWatch} />
          <div className={classes.rows} style={{ height: window.height }} role="rowgroup">
            <div className={classes.window} style={{ transform: `translateY(${window.top}px)` }}>
              {lines.slice(window.first, window.end).map((line, at) => (
                <TopicRow key={line.name} line={line} index={window.first + at} columns={columns} hasWatch={hasWatch} />
              ))}
            </div>
          </div>
        </div>
      )}
    </div>
  );
}

function NothingChosen() {
  return (
    <div className={classes.hint}>
      <Banner tone="info" title="Nothing is chosen yet.">
        Tick the topics to archive, or add a pattern for those that are made later, too. Start archiving then puts all
        of their records into the bucket, from the earliest one that Kafka has unless the settings say otherwise.
      </Banner>
    </div>
  );
}

function NothingFits() {
  return (
    <MessagePanel
      icon={IconFilterOff}
      title="No topic fits"
      text="No topic fits the filter. Kafka's own topics are hidden unless they are switched on."
      actions={
        <Button variant="default" onClick={() => askTopics({ ...FIRST_QUERY })}>
          Show all topics
        </Button>
      }
    />
  );
}

function Head(props: {
  readonly lines: readonly TopicLine[];
  readonly columns: readonly Column[];
  readonly hasWatch: boolean;
}) {
  const { lines, columns, hasWatch } = props;
  const chosen = lines.filter((line) => line.chosen !== null).length;
  const free = lines.filter((line) => line.fixedBecause === null);
  const isAll = chosen === lines.length;
  const isAllFree = free.every((line) => line.chosen !== null);
  return (
    <div className={cx(classes.row, classes.head)} role="row">
      <span className={classes.tick} role="columnheader">
        <Checkbox
          size="xs"
          aria-label="Choose all that are shown"
          checked={isAll}
          indeterminate={chosen > 0 && !isAll}
          disabled={free.length === 0}
          onChange={() =>
            chooseNames(
              free.map(({ name }) => name),
              !isAllFree,
            )
          }
        />
      </span>
      {columns.map((column) => (
        <HeadCell key={column.id} column={column} />
      ))}
      {hasWatch && <span role="columnheader" aria-label="Shown in Live" />}
    </div>
  );
}

const HOVERS: Readonly<Partial<Record<Column['id'], string>>> = {
  size: "Of the leaders' logs, each partition counted once",
  keeping: 'How long Kafka keeps records before it deletes them',
  lag: 'Records in Kafka that are not archived yet',
  behind: 'Age of the oldest record that is not archived yet',
};

function HeadCell(props: { readonly column: Column }) {
  const { id, name, isRight } = props.column;
  const sort = useTopics(({ query }) => query.sort);
  const isSorted = sort.column === id;
  const Chevron = sort.isDescending ? IconChevronDown : IconChevronUp;
  return (
    <span
      className={cx(classes.cell, isRight && classes.right)}
      role="columnheader"
      aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}
    >
      <UnstyledButton
        className={classes.sort}
        title={HOVERS[id]}
        aria-label={`Sort by ${name}`}
        onClick={() => sortTopics(id)}
      >
        {name}
        {isSorted && <Chevron size={13} aria-hidden />}
      </UnstyledButton>
    </span>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 12,
  PageUp: -12,
  Home: -Infinity,
  End: Infinity,
};

/** Arrows move, Space or X chooses, Esc closes the details. @returns true when the key was ours */
function handleKey(event: KeyboardEvent, lines: readonly TopicLine[], scrollToRow: (index: number) => void): boolean {
  if (event.target !== event.currentTarget) return false; // a button's or a checkbox's own
  const { active } = topicsStore.getState();
  const at = lines.findIndex(({ name }) => name === active);
  const by = STEPS[event.key];
  if (by !== undefined) {
    const to = Math.max(0, Math.min(lines.length - 1, at < 0 ? 0 : at + by));
    showDetails(lines[to]?.name ?? null);
    scrollToRow(to);
    return true;
  }
  if (event.key === 'Escape') {
    showDetails(null);
    return true;
  }
  const line = lines[at];
  if ((event.key !== ' ' && event.key !== 'x') || line === undefined) return false;
  if (line.fixedBecause === null) chooseNames([line.name], line.chosen === null);
  return true;
}
