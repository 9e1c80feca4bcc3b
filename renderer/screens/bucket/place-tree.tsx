import { ActionIcon, Menu, Select, Skeleton, UnstyledButton } from '@mantine/core';
import {
  IconBucket,
  IconCamera,
  IconDots,
  IconFile,
  IconRefresh,
  IconStack2,
  IconTopologyStar3,
  IconTrash,
} from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { bytes, count, exactBytes, percent } from '../../format/format';
import { storageClassName } from '../../format/words';
import { bucketStore, chooseBucket, refresh } from '../../stores/bucket';
import { branchesOf, isAt, placeId, totalsOf, type Place } from '../../stores/bucket-rows';
import { openDialog } from '../../stores/frame';
import { useBucket } from '../../stores/hooks';
import { attempt } from '../../stores/report';
import classes from './place-tree.module.css';

const SNAPSHOTS: Place = { kind: 'snapshots' };
const OTHER: Place = { kind: 'other' };

/** Which bucket, and within it topics and partitions. */
export function PlaceTree() {
  const rows = useBucket((state) => state.rows);
  const branches = useMemo(() => branchesOf(rows ?? []), [rows]);
  const snapshots = useMemo(() => (rows ?? []).filter((row) => isAt(row, SNAPSHOTS)).length, [rows]);
  const others = useMemo(() => (rows ?? []).filter((row) => isAt(row, OTHER)).length, [rows]);
  return (
    <>
      <BucketSelect />
      <div className={classes.tree} role="group" aria-label="Topics and partitions">
        {rows === null ? (
          <Skeleton height={26} mt={4} />
        ) : (
          <PlaceRow place={{ kind: 'all' }} name="All objects" objects={rows.length} icon={<IconStack2 size={16} />} />
        )}
        {branches.map(({ topic, archives, partitions }) => (
          <div key={topic} role="group" aria-label={topic}>
            <PlaceRow
              place={{ kind: 'topic', topic }}
              name={topic}
              objects={archives}
              icon={<IconTopologyStar3 size={16} />}
            />
            {partitions.map((each) => (
              <PlaceRow
                key={each.partition}
                place={{ kind: 'partition', topic, partition: each.partition }}
                name={`partition ${each.partition}`}
                objects={each.archives}
                className={classes.partition}
              />
            ))}
          </div>
        ))}
        {snapshots > 0 && (
          <PlaceRow place={SNAPSHOTS} name="Snapshots" objects={snapshots} icon={<IconCamera size={16} />} />
        )}
        {others > 0 && <PlaceRow place={OTHER} name="Other objects" objects={others} icon={<IconFile size={16} />} />}
      </div>
      <BucketTotals />
    </>
  );
}

function PlaceRow(props: {
  readonly place: Place;
  readonly name: string;
  readonly objects: number;
  readonly icon?: ReactNode;
  readonly className?: string | undefined;
}) {
  const { place, name, objects, icon, className } = props;
  const isHere = useBucket((state) => placeId(state.place) === placeId(place));
  return (
    <UnstyledButton
      className={cx(classes.place, className)}
      aria-current={isHere}
      onClick={() => bucketStore.setState({ place })}
    >
      <span aria-hidden style={{ display: 'inline-flex' }}>
        {icon}
      </span>
      <span className="ellipsis" title={name}>
        {name}
      </span>
      <Figure className={classes.count}>{count(objects)}</Figure>
    </UnstyledButton>
  );
}

function BucketSelect() {
  const buckets = useBucket((state) => state.buckets) ?? [];
  const bucket = useBucket((state) => state.bucket);
  const storageClass = buckets.find(({ name }) => name === bucket)?.storageClass;
  return (
    <div className={classes.head}>
      <Select
        className={classes.select}
        aria-label="Bucket"
        data={buckets.map(({ name }) => name)}
        value={bucket}
        title={storageClass === undefined ? undefined : `${storageClassName(storageClass)} storage`}
        comboboxProps={{ width: 280, position: 'bottom-start' }}
        onChange={(name) => {
          chooseBucket(name);
          attempt(refresh);
        }}
      />
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <ActionIcon size={34} aria-label="More about buckets">
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRefresh size={16} />} onClick={() => attempt(refresh)}>
            Refresh
          </Menu.Item>
          <Menu.Item leftSection={<IconBucket size={16} />} onClick={() => openDialog({ kind: 'create-bucket' })}>
            Create bucket…
          </Menu.Item>
          {bucket !== null && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => openDialog({ kind: 'delete-bucket', bucket })}
            >
              Delete {bucket}…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function BucketTotals() {
  const rows = useBucket((state) => state.rows);
  const { archives, records, rawBytes, storedBytes } = useMemo(() => totalsOf(rows ?? []), [rows]);
  if (rows === null) return null;
  return (
    <dl className={classes.totals}>
      <dt>Archives</dt>
      <dd>
        <Figure>{count(archives)}</Figure>
      </dd>
      <dt>Messages</dt>
      <dd>
        <Figure>{count(records)}</Figure>
      </dd>
      <dt>Stored</dt>
      <dd>
        <Figure exact={exactBytes(storedBytes)}>{bytes(storedBytes)}</Figure>
      </dd>
      <dt>of raw</dt>
      <dd>
        <Figure exact={exactBytes(rawBytes)}>{percent(storedBytes, rawBytes)}</Figure>
      </dd>
    </dl>
  );
}
