import { Checkbox } from '@mantine/core';
import { IconAlertTriangle, IconCamera, IconFile } from '@tabler/icons-react';
import { memo, type MouseEvent } from 'react';
import type { ArchiveRow, ObjectRow } from '../../../shared/model/archive';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { OpensWith } from '../../components/fingerprint';
import { ReducedMark } from '../../components/reduced-mark';
import { age, bytes, count, exactBytes, offsetRange, percent, timeRange, utcTime } from '../../format/format';
import { gapReason, snapshotText, storageClassName } from '../../format/words';
import {
  activate,
  bucketStore,
  extendTo,
  isSame,
  isTicked as isRowTicked,
  lookInside,
  toggle,
} from '../../stores/bucket';
import { useBucket, useNow } from '../../stores/hooks';
import classes from './archive-table.module.css';
import type { Column } from './columns';

interface RowProps {
  readonly row: ObjectRow;
  readonly isTicked: boolean;
  readonly index: number;
  readonly columns: readonly Column[];
  readonly hasPlace: boolean;
}

export const ArchiveTableRow = memo(function ArchiveTableRow(props: RowProps) {
  const { row, index, columns, hasPlace } = props;
  const isTicked = useBucket((state) => isRowTicked(state, props));
  const isActive = useBucket(({ active }) => isSame(active?.row, row));

  const click = (event: MouseEvent): void => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) {
      // several are about to be chosen: the details of one would only take their room
      bucketStore.setState({ isDetailsOpen: false });
      if (event.shiftKey) extendTo(row, index);
      else {
        activate(row, index);
        toggle(row);
      }
    } else {
      activate(row, index);
      bucketStore.setState({ isDetailsOpen: true });
    }
  };

  return (
    <div
      className={cx(classes.row, classes.object, isTicked && classes.ticked, isActive && classes.active)}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isTicked || isActive}
      data-testid="object-row"
      onClick={click}
      onDoubleClick={() => {
        if (row.archive !== null) lookInside(row);
      }}
    >
      <span className={classes.tick} role="gridcell" onClick={(event) => event.stopPropagation()}>
        <Checkbox
          size="xs"
          tabIndex={-1}
          aria-label={`Select ${row.name}`}
          checked={isTicked}
          onChange={(event) => {
            const { shiftKey } = event.nativeEvent as unknown as { shiftKey?: boolean };
            if (shiftKey === true) extendTo(row, index);
            else toggle(row);
          }}
        />
      </span>
      {row.archive === null ? (
        <OtherCells row={row} columns={columns} hasPlace={hasPlace} />
      ) : (
        <ArchiveCells row={row} archive={row.archive} columns={columns} hasPlace={hasPlace} />
      )}
    </div>
  );
});

function ArchiveCells(props: {
  readonly row: ObjectRow;
  readonly archive: ArchiveRow;
  readonly columns: readonly Column[];
  readonly hasPlace: boolean;
}) {
  const { row, archive, columns, hasPlace } = props;
  const place = `${archive.topic} / ${archive.partition}`;
  return (
    <>
      {hasPlace && (
        <span className={cx(classes.cell, 'mono')} role="gridcell" title={place}>
          <span className={classes.place}>
            <span className="ellipsis">{archive.topic}</span>
            <span>/{archive.partition}</span>
          </span>
        </span>
      )}
      {columns.map(({ id, isRight }) => (
        <span key={id} className={cx(classes.cell, isRight && classes.right)} role="gridcell">
          <ArchiveCell id={id} row={row} archive={archive} />
        </span>
      ))}
    </>
  );
}

function ArchiveCell(props: { readonly id: Column['id']; readonly row: ObjectRow; readonly archive: ArchiveRow }) {
  const { id, row, archive } = props;
  switch (id) {
    case 'offsets':
      return (
        <Figure exact={`${archive.firstOffset} to ${archive.nextOffset}, exclusive`}>{offsetsText(archive)}</Figure>
      );
    case 'times':
      return (
        <Figure exact={`${utcTime(archive.firstTimestamp)} to ${utcTime(archive.lastTimestamp)}`}>
          {archive.gap === null ? timeRange(archive.firstTimestamp, archive.lastTimestamp) : gapReason(archive.gap)}
        </Figure>
      );
    case 'records':
      return (
        <>
          <ReducedMark of={archive} />
          <Figure>{count(archive.records)}</Figure>
        </>
      );
    case 'raw':
      return <Figure exact={exactBytes(archive.rawBytes)}>{bytes(archive.rawBytes)}</Figure>;
    case 'stored':
      return <Figure exact={exactBytes(row.storedBytes)}>{bytes(row.storedBytes)}</Figure>;
    case 'ratio':
      return <Figure>{percent(row.storedBytes, archive.rawBytes)}</Figure>;
    case 'opens':
      return <OpensWith recipients={archive.recipients} opens={archive.opens} />;
    case 'codec':
      return <span>{archive.codec}</span>;
    case 'class':
      return <span>{storageClassName(row.storageClass)}</span>;
    case 'created':
      return <Age of={row.createdAt} />;
  }
}

function offsetsText({ firstOffset, nextOffset, gap }: ArchiveRow): string {
  const range = offsetRange(firstOffset, nextOffset);
  return gap === null ? range : `${range} gap`;
}

/** An object that is no archive: its name, and its size where sizes stand. */
function OtherCells(props: {
  readonly row: ObjectRow;
  readonly columns: readonly Column[];
  readonly hasPlace: boolean;
}) {
  const { row, columns, hasPlace } = props;
  const { snapshot } = row;
  const stored = columns.findIndex(({ id }) => id === 'stored');
  const span = stored + (hasPlace ? 1 : 0);
  const isBroken = row.problem !== null;
  const Icon = isBroken ? IconAlertTriangle : snapshot !== null ? IconCamera : IconFile;
  return (
    <>
      <span
        className={cx(classes.cell, isBroken ? classes.problem : 'dim')}
        style={{ gridColumn: `span ${span}` }}
        role="gridcell"
        title={row.problem ?? (snapshot === null ? 'Not an archive of Permafrost' : snapshotText(snapshot))}
      >
        <Icon size={15} aria-hidden style={{ verticalAlign: '-2px' }} /> {snapshot !== null && 'Snapshot '}
        <span className="mono">{row.name}</span>
      </span>
      {columns.slice(stored).map(({ id, isRight }) => (
        <span key={id} className={cx(classes.cell, isRight && classes.right, 'dim')} role="gridcell">
          {id === 'stored' && <Figure exact={exactBytes(row.storedBytes)}>{bytes(row.storedBytes)}</Figure>}
          {id === 'opens' &&
            (snapshot === null ? (
              unopenable(isBroken)
            ) : (
              <OpensWith recipients={snapshot.recipients} opens={snapshot.opens} />
            ))}
          {id === 'class' && storageClassName(row.storageClass)}
          {id === 'created' && <Age of={row.createdAt} />}
        </span>
      ))}
    </>
  );
}

function Age(props: { readonly of: number }) {
  const now = useNow();
  return <Figure exact={`Created ${utcTime(props.of)}`}>{age(props.of, now)}</Figure>;
}

function unopenable(isBroken: boolean): string {
  return isBroken ? 'unreadable' : 'not an archive';
}
