import { ActionIcon, Kbd, SegmentedControl, Switch, TextInput, Tooltip } from '@mantine/core';
import { IconInfoCircle, IconRefresh, IconSearch } from '@tabler/icons-react';
import { clockTime, count, utcTime } from '../../format/format';
import { useTopics } from '../../stores/hooks';
import { visibleLines, type TopicLine, type TopicQuery } from '../../stores/topic-lines';
import { askTopics, loadTopics } from '../../stores/topics';
import classes from './bars.module.css';

const SHOWS = [
  ['all', 'All'],
  ['chosen', 'Chosen'],
  ['problems', 'Problems'],
] as const;

/** Which of the topics are shown, and of when the figures are. */
export function FilterBar(props: { readonly lines: readonly TopicLine[] }) {
  const query = useTopics((state) => state.query);
  const numberOf = (show: TopicQuery['show']): string => count(visibleLines(props.lines, { ...query, show }).length);
  return (
    <>
      <div className={classes.bar}>
        <TextInput
          className={classes.grow}
          data-filter
          aria-label="Filter by name"
          placeholder="Filter by name"
          value={query.text}
          leftSection={<IconSearch size={16} />}
          rightSection={query.text === '' ? <Kbd size="xs">/</Kbd> : null}
          spellCheck={false}
          onChange={(event) => askTopics({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            askTopics({ text: '' });
            event.currentTarget.blur();
          }}
        />
        <SegmentedControl
          size="xs"
          className="figure"
          aria-label="Topics shown"
          data={SHOWS.map(([value, word]) => ({ value, label: `${word} ${numberOf(value)}` }))}
          value={query.show}
          onChange={(show) => askTopics({ show })}
        />
        <Switch
          size="xs"
          label="Internal"
          aria-label="Show internal topics"
          title="Kafka's own topics, such as __consumer_offsets"
          checked={query.withInternal}
          onChange={(event) => askTopics({ withInternal: event.currentTarget.checked })}
        />
        <Asked />
      </div>
      <Unknown />
    </>
  );
}

function Asked() {
  const at = useTopics(({ view }) => view?.at ?? null);
  const isAsking = useTopics((state) => state.isAsking);
  return (
    <>
      {at !== null && (
        <span className={classes.asked} title={`Kafka was asked ${utcTime(at)}`}>
          asked at <span className="figure">{clockTime(at)}</span>
        </span>
      )}
      <Tooltip label="Refresh">
        <ActionIcon size={30} aria-label="Refresh" disabled={isAsking} onClick={() => void loadTopics()}>
          <IconRefresh size={17} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

/** What could not be had is said once, not in each row. */
function Unknown() {
  const sizes = useTopics(({ view }) => view?.sizesUnknownBecause ?? null);
  const lag = useTopics(({ view }) => view?.lagUnknownBecause ?? null);
  const said = [
    ...(sizes === null ? [] : [['Sizes are not known.', sizes] as const]),
    ...(lag === null ? [] : [['The lag is not known of all topics.', lag] as const]),
  ];
  return said.map(([what, why]) => (
    <p key={what} className={classes.unknown}>
      <IconInfoCircle size={15} aria-hidden />
      <span>
        <strong>{what}</strong> {why}
      </span>
    </p>
  ));
}
