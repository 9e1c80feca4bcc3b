import { Skeleton } from '@mantine/core';
import { memo, useEffect, type KeyboardEvent } from 'react';
import type { RecordRow } from '../../../../shared/model/archive';
import { cx } from '../../../components/cx';
import { Figure } from '../../../components/figure';
import { useRowWindow } from '../../../components/use-row-window';
import { bytes, count, localTimeOfDay, offsetRange, utcTime } from '../../../format/format';
import { oneLine } from '../../../format/shown-bytes';
import { usePreview } from '../../../stores/hooks';
import { previewStore, rowAt, wantRows } from '../../../stores/preview';
import classes from './record-table.module.css';

const ROW_HEIGHT = 30;
const HEAD_HEIGHT = 34;
const COLUMNS = ['Offset', 'Time', 'Key', 'Value'] as const;
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 15,
  PageUp: -15,
  Home: -Infinity,
  End: Infinity,
};

/** All records of the archive; those in sight are fetched. */
export function RecordTable(props: { readonly records: number }) {
  const { records } = props;
  const { attach, ...view } = useRowWindow(records, ROW_HEIGHT, HEAD_HEIGHT);
  const { first, end } = view;
  useEffect(() => wantRows(first, end), [first, end]);
  const goTo = usePreview((state) => state.goTo);
  const { scrollToRow } = view;
  useEffect(() => {
    if (goTo !== null) scrollToRow(goTo.row);
  }, [goTo, scrollToRow]);

  const move = (event: KeyboardEvent): void => {
    const by = STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const from = previewStore.getState().active ?? -1;
    const active = Math.max(0, Math.min(records - 1, from + by));
    previewStore.setState({ active });
    view.scrollToRow(active);
  };

  return (
    <div className={classes.table}>
      <div
        ref={attach}
        className={classes.scroll}
        role="grid"
        aria-label="Messages"
        aria-rowcount={records}
        tabIndex={0}
        onScroll={view.onScroll}
        onKeyDown={move}
      >
        <div className={cx(classes.row, classes.head)} role="row">
          {COLUMNS.map((name) => (
            <span key={name} className={cx(classes.cell, name === 'Offset' && classes.right)} role="columnheader">
              {name}
            </span>
          ))}
        </div>
        <div className={classes.rows} style={{ height: view.height }} role="rowgroup">
          <div className={classes.window} style={{ transform: `translateY(${view.top}px)` }}>
            {Array.from({ length: Math.max(0, end - first) }, (_, at) => (
              <Row key={first + at} index={first + at} />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

const Row = memo(function Row(props: { readonly index: number }) {
  const { index } = props;
  const row = usePreview((state) => rowAt(state, index));
  const isActive = usePreview(({ active }) => active === index);
  if (row === null) {
    return (
      <div className={cx(classes.row, classes.record)} role="row" aria-rowindex={index + 1} aria-busy>
        <span className={classes.cell}>
          <Skeleton height={10} />
        </span>
        <span className={classes.cell}>
          <Skeleton height={10} />
        </span>
      </div>
    );
  }
  return (
    <div
      className={cx(classes.row, classes.record, isActive && classes.active)}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isActive}
      data-testid="record-row"
      onClick={() => previewStore.setState({ active: index })}
    >
      <Cells row={row} />
    </div>
  );
});

function Cells(props: { readonly row: RecordRow }) {
  const { row } = props;
  const cell = classes.cell;
  if (row.kind === 'corrupt') {
    return (
      <>
        <span className={cx(cell, classes.right)} role="gridcell">
          <Figure>{count(row.offset)}</Figure>
        </span>
        <span className={cx(cell, classes.corrupt)} role="gridcell">
          Damaged in Kafka: {damagedText(row)}
        </span>
      </>
    );
  }
  return (
    <>
      <span className={cx(cell, classes.right)} role="gridcell">
        <Figure>{count(row.offset)}</Figure>
      </span>
      <span className={cell} role="gridcell">
        <Figure exact={utcTime(row.timestamp)}>{localTimeOfDay(row.timestamp)}</Figure>
      </span>
      <span className={cx(cell, classes.key, row.key.kind === 'null' && 'dim')} role="gridcell">
        {oneLine(row.key)}
      </span>
      <span className={cx(cell, 'mono', row.value.kind === 'null' && 'dim')} role="gridcell">
        {oneLine(row.value)}
      </span>
    </>
  );
}

function damagedText({ offset, lastOffset, bytes: size }: Extract<RecordRow, { kind: 'corrupt' }>): string {
  const kept = `${bytes(size)} kept as they were`;
  return offset === lastOffset ? kept : `${offsetRange(offset, String(BigInt(lastOffset) + 1n))}, ${kept}`;
}
