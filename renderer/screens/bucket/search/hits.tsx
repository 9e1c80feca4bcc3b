import type { KeyboardEvent } from 'react';
import { useState } from 'react';
import type { HitView } from '../../../../shared/model/search';
import { cx } from '../../../components/cx';
import { useRowWindow } from '../../../components/use-row-window';
import { count, utcTime } from '../../../format/format';
import { oneLine } from '../../../format/shown-bytes';
import { useSearch } from '../../../stores/hooks';
import { openHit } from '../../../stores/search';
import classes from './hits.module.css';

const ROW_HEIGHT = 30;
const HEAD_HEIGHT = 34;
const COLUMNS = ['Partition', 'Offset', 'Time (UTC)', 'Key', 'Value'] as const;
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 15,
  PageUp: -15,
  Home: -Infinity,
  End: Infinity,
};

/** What was found, in the order of the archives; Enter or a click opens the archive there. */
export function Hits() {
  const hits = useSearch((state) => state.hits);
  const text = useSearch(({ draft }) => draft.text);
  const [active, setActive] = useState(0);
  const { attach, ...view } = useRowWindow(hits.length, ROW_HEIGHT, HEAD_HEIGHT);

  const onKey = (event: KeyboardEvent): void => {
    const hit = hits[active];
    if (event.key === 'Enter' && hit !== undefined) openHit(hit);
    const by = STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(hits.length - 1, active + by));
    setActive(next);
    view.scrollToRow(next);
  };

  return (
    <div
      ref={attach}
      className={classes.scroll}
      role="grid"
      aria-label="Found messages"
      aria-rowcount={hits.length}
      tabIndex={0}
      onScroll={view.onScroll}
      onKeyDown={onKey}
    >
      <div className={cx(classes.row, classes.head)} role="row">
        {COLUMNS.map((name) => (
          <span key={name} role="columnheader" className={classes.cell}>
            {name}
          </span>
        ))}
      </div>
      <div style={{ height: view.height }} role="rowgroup">
        <div style={{ transform: `translateY(${view.top}px)` }}>
          {hits.slice(view.first, view.end).map((hit, at) => (
            <Hit
              key={view.first + at}
              hit={hit}
              text={text}
              index={view.first + at}
              isActive={view.first + at === active}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function Hit(props: {
  readonly hit: HitView;
  readonly text: string;
  readonly index: number;
  readonly isActive: boolean;
}) {
  const { hit, text, index, isActive } = props;
  const { row, partition } = hit;
  return (
    <div
      className={cx(classes.row, classes.hit, isActive && classes.active)}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isActive}
      title={hit.name}
      onClick={() => openHit(hit)}
    >
      <span className={classes.cell} role="gridcell">
        {partition}
      </span>
      <span className={cx(classes.cell, 'figure')} role="gridcell">
        {count(row.offset)}
      </span>
      {row.kind === 'record' && (
        <>
          <span className={cx(classes.cell, 'figure')} role="gridcell">
            {utcTime(row.timestamp).replace(' UTC', '')}
          </span>
          <span className={classes.cell} role="gridcell">
            {oneLine(row.key)}
          </span>
          <span className={cx(classes.cell, 'mono')} role="gridcell">
            <Marked line={oneLine(row.value)} text={text} />
          </span>
        </>
      )}
    </div>
  );
}

/** so much of a value is shown in front of what was looked for */
const BEFORE = 30;

function Marked(props: { readonly line: string; readonly text: string }) {
  const { line, text } = props;
  const at = text === '' ? -1 : line.indexOf(text);
  if (at < 0) return <>{line}</>;
  const from = at > BEFORE * 2 ? at - BEFORE : 0;
  return (
    <>
      {from > 0 && '… '}
      {line.slice(from, at)}
      <mark className={classes.mark}>{text}</mark>
      {line.slice(at + text.length)}
    </>
  );
}
