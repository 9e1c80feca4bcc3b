import { Checkbox, Skeleton, UnstyledButton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useMemo, type CSSProperties } from 'react';
import type { ObjectRow } from '../../../shared/model/archive';
import { cx } from '../../components/cx';
import { useRowWindow } from '../../components/use-row-window';
import { bucketStore, select } from '../../stores/bucket';
import { rowId, type SortColumn } from '../../stores/bucket-rows';
import { useBucket } from '../../stores/hooks';
import { tickAll, tickNone } from '../../stores/selection';
import { ArchiveTableRow } from './archive-table-row';
import classes from './archive-table.module.css';
import { columnsFor, gridOf, type Column } from './columns';
import { useTableKeys } from './use-table-keys';

const ROW_HEIGHT = 36;
const HEAD_HEIGHT = 36;

/** One row an object; only the rows in sight are drawn. */
export function ArchiveTable(props: { readonly rows: readonly ObjectRow[] }) {
  const { rows } = props;
  const isLoaded = useBucket((state) => state.rows !== null);
  const place = useBucket((state) => state.place);
  const active = useBucket(({ selection }) => selection.active);
  const order = useMemo(() => rows.map(rowId), [rows]);
  const { ref, width } = useElementSize();
  const columns = useMemo(() => columnsFor(width), [width]);
  const hasPlace = place.kind === 'all' || place.kind === 'topic';
  const { attach, ...view } = useRowWindow(rows.length, ROW_HEIGHT, HEAD_HEIGHT);
  const onKeyDown = useTableKeys(rows, order);

  // only when another row becomes active: not when a refresh moves the rows under the user's eyes
  const showActive = useEffectEvent(() => {
    const index = active === null ? -1 : order.indexOf(active);
    if (index !== -1) view.scrollToRow(index);
  });
  useEffect(() => showActive(), [active, view.isReady]);

  return (
    <div ref={ref} className={classes.table} style={{ '--columns': gridOf(columns, hasPlace) } as CSSProperties}>
      <div
        ref={attach}
        className={classes.scroll}
        tabIndex={0}
        role="grid"
        aria-label="Objects"
        aria-rowcount={rows.length}
        aria-multiselectable
        onScroll={view.onScroll}
        onKeyDown={onKeyDown}
      >
        <Head columns={columns} hasPlace={hasPlace} order={order} />
        <div className={classes.rows} style={{ height: view.height }} role="rowgroup">
          <div className={classes.window} style={{ transform: `translateY(${view.top}px)` }}>
            {!isLoaded && <Waiting />}
            {rows.slice(view.first, view.end).map((row, index) => (
              <ArchiveTableRow
                key={order[view.first + index]}
                row={row}
                index={view.first + index}
                columns={columns}
                hasPlace={hasPlace}
                order={order}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

function Waiting() {
  return Array.from({ length: 8 }, (_, index) => (
    <div key={index} className={cx(classes.row, classes.object)}>
      <span />
      <Skeleton height={12} mx={9} w="auto" style={{ gridColumn: '2 / -1' }} />
    </div>
  ));
}

function Head(props: {
  readonly columns: readonly Column[];
  readonly hasPlace: boolean;
  readonly order: readonly string[];
}) {
  const { columns, hasPlace, order } = props;
  const ticked = useBucket(({ selection }) => selection.ticked.size);
  const isAll = ticked > 0 && ticked >= order.length;
  return (
    <div className={cx(classes.row, classes.head)} role="row">
      <span className={classes.tick} role="columnheader">
        <Checkbox
          size="xs"
          aria-label="Select all"
          checked={isAll}
          indeterminate={ticked > 0 && !isAll}
          onChange={() => select((selection) => (ticked > 0 ? tickNone(selection) : tickAll(selection, order)))}
        />
      </span>
      {hasPlace && (
        <span className={classes.cell} role="columnheader">
          Partition
        </span>
      )}
      {columns.map((column) => (
        <HeadCell key={column.id} column={column} />
      ))}
    </div>
  );
}

function HeadCell(props: { readonly column: Column }) {
  const { id, name, isRight } = props.column;
  const sort = useBucket((state) => state.sort);
  const isSorted = sort.column === id;
  const Chevron = sort.isDescending ? IconChevronDown : IconChevronUp;
  return (
    <span
      className={cx(classes.cell, isRight && classes.right)}
      role="columnheader"
      aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}
    >
      {id === 'opens' ? (
        name
      ) : (
        <UnstyledButton className={classes.sort} onClick={() => sortBy(id)} aria-label={`Sort by ${name}`}>
          {name}
          {isSorted && <Chevron size={13} aria-hidden />}
        </UnstyledButton>
      )}
    </span>
  );
}

/** The same column again turns the order round. */
function sortBy(column: SortColumn): void {
  bucketStore.setState(({ sort }) => ({
    sort: { column, isDescending: sort.column === column ? !sort.isDescending : column !== 'offsets' },
  }));
}
