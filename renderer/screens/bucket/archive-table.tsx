import { Checkbox, Skeleton, UnstyledButton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useMemo, type CSSProperties } from 'react';
import type { SortColumn } from '../../../shared/model/catalog';
import { cx } from '../../components/cx';
import { useRowWindow } from '../../components/use-row-window';
import { ask, bucketStore, rowAt, showRows, tick } from '../../stores/bucket';
import { useBucket } from '../../stores/hooks';
import { ArchiveTableRow } from './archive-table-row';
import classes from './archive-table.module.css';
import { columnsFor, gridOf, type Column } from './columns';
import { useTableKeys } from './use-table-keys';

const ROW_HEIGHT = 36;
const HEAD_HEIGHT = 36;

/** One row an object; only the rows in sight are drawn, and only those around them are here. */
export function ArchiveTable() {
  const shown = useBucket(({ view }) => view?.shown ?? null);
  const pages = useBucket((state) => state.pages);
  const { kind } = useBucket(({ query }) => query.place);
  const query = useBucket((state) => state.query);
  const active = useBucket((state) => state.active);
  const { ref, width } = useElementSize();
  const columns = useMemo(() => columnsFor(width), [width]);
  const hasPlace = kind === 'all' || kind === 'topic';
  const { attach, ...view } = useRowWindow(shown ?? 0, ROW_HEIGHT, HEAD_HEIGHT);
  const onKeyDown = useTableKeys();
  const { first, end } = view;
  useEffect(() => showRows(first, end), [first, end]);

  // only when another row becomes active, or its place known: not when a refresh moves the rows under the user's eyes
  const id = active === null ? null : `${active.row.generation} ${active.row.name}`;
  const isPlaced = active?.index !== undefined && active.index !== null;
  const showActive = useEffectEvent(() => {
    if (active?.index !== undefined && active.index !== null) view.scrollToRow(active.index);
  });
  useEffect(() => showActive(), [id, isPlaced, view.isReady]);

  const isHidden = active?.index === null || active === null;
  const toTop = useEffectEvent(() => {
    if (isHidden) view.scrollToRow(0);
  });
  useEffect(() => toTop(), [query]);

  return (
    <div ref={ref} className={classes.table} style={{ '--columns': gridOf(columns, hasPlace) } as CSSProperties}>
      <div
        ref={attach}
        className={classes.scroll}
        tabIndex={0}
        role="grid"
        aria-label="Objects"
        aria-rowcount={shown ?? 0}
        aria-multiselectable
        onScroll={view.onScroll}
        onKeyDown={onKeyDown}
      >
        <Head columns={columns} hasPlace={hasPlace} />
        <div className={classes.rows} style={{ height: view.height }} role="rowgroup">
          <div className={classes.window} style={{ transform: `translateY(${view.top}px)` }}>
            {(shown === null || shown === 0) && <Waiting />}
            {Array.from({ length: end - first }, (_, at) => {
              const index = first + at;
              const known = rowAt({ pages }, index);
              return known === null ? (
                <div key={index} className={cx(classes.row, classes.object)} aria-hidden />
              ) : (
                <ArchiveTableRow key={index} {...known} index={index} columns={columns} hasPlace={hasPlace} />
              );
            })}
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

function Head(props: { readonly columns: readonly Column[]; readonly hasPlace: boolean }) {
  const { columns, hasPlace } = props;
  const shown = useBucket(({ view }) => view?.shown ?? 0);
  const ticked = useBucket(({ view, ticking }) =>
    ticking?.kind === 'all' ? shown : ticking?.kind === 'none' ? 0 : (view?.ticked.objects ?? 0),
  );
  const isAll = ticked > 0 && ticked >= shown;
  return (
    <div className={cx(classes.row, classes.head)} role="row">
      <span className={classes.tick} role="columnheader">
        <Checkbox
          size="xs"
          aria-label="Select all"
          checked={isAll}
          indeterminate={ticked > 0 && !isAll}
          onChange={() => tick({ kind: ticked > 0 ? 'none' : 'all' })}
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
  const sort = useBucket(({ query }) => query.sort);
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
  const { sort } = bucketStore.getState().query;
  ask({ sort: { column, isDescending: sort.column === column ? !sort.isDescending : !ASCENDING_FIRST.has(column) } });
}

const ASCENDING_FIRST: ReadonlySet<SortColumn> = new Set(['offsets', 'codec', 'class']);
