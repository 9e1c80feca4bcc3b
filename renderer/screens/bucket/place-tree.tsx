import { ActionIcon, Menu, Select, Skeleton, UnstyledButton } from '@mantine/core';
import {
  IconBucket,
  IconCamera,
  IconDots,
  IconDownload,
  IconFile,
  IconLockOpen,
  IconRefresh,
  IconSettings,
  IconStack2,
  IconTopologyStar3,
  IconTrash,
} from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import type { CatalogView, Place, TopicBranch } from '../../../shared/model/catalog';
import { isFolder } from '../../../shared/model/connection';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { bytes, count, counted, exactBytes, percent } from '../../format/format';
import { storageClassName } from '../../format/words';
import { ask, chooseBucket, look, refresh } from '../../stores/bucket';
import { openDialog } from '../../stores/frame';
import { openBucketSettings } from '../../stores/bucket-settings';
import { useBucket } from '../../stores/hooks';
import { attempt } from '../../stores/report';
import { download } from './downloads';
import classes from './place-tree.module.css';
import { SETTINGS_BUTTON_ID } from './settings/settings-button-id';

const SNAPSHOTS: Place = { kind: 'snapshots' };
const OTHER: Place = { kind: 'other' };

/** So many partitions of all topics are shown at once; more stay folded, but for the topic one is at. */
const MAX_UNFOLDED = 40;
const NO_TOPICS: readonly TopicBranch[] = [];

/** Which bucket, and within it topics and partitions. */
export function PlaceTree() {
  const objects = useBucket(({ view }) => view?.totals.objects ?? null);
  const topics = useBucket(({ view }) => view?.topics ?? NO_TOPICS);
  const snapshots = useBucket(({ view }) => view?.snapshots ?? 0);
  const others = useBucket(({ view }) => view?.others ?? 0);
  const isLong = topics.reduce((sum, { partitions }) => sum + partitions.length, 0) > MAX_UNFOLDED;
  return (
    <>
      <BucketSelect />
      <div className={classes.tree} role="group" aria-label="Topics and partitions">
        {objects === null ? (
          <Skeleton height={26} mt={4} />
        ) : (
          <PlaceRow place={{ kind: 'all' }} name="All objects" objects={objects} icon={<IconStack2 size={16} />} />
        )}
        {topics.map((branch) => (
          <Topic key={branch.topic} branch={branch} isLong={isLong} />
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

const Topic = memo(function Topic(props: { readonly branch: TopicBranch; readonly isLong: boolean }) {
  const { topic, archives, partitions } = props.branch;
  const isHere = useBucket(({ query: { place } }) => 'topic' in place && place.topic === topic);
  return (
    <div role="group" aria-label={topic}>
      <PlaceRow
        place={{ kind: 'topic', topic }}
        name={topic}
        objects={archives}
        icon={<IconTopologyStar3 size={16} />}
      />
      {(isHere || !props.isLong) &&
        partitions.map((each) => (
          <PlaceRow
            key={each.partition}
            place={{ kind: 'partition', topic, partition: each.partition }}
            name={`partition ${each.partition}`}
            objects={each.archives}
            className={classes.partition}
          />
        ))}
    </div>
  );
});

function PlaceRow(props: {
  readonly place: Place;
  readonly name: string;
  readonly objects: number;
  readonly icon?: ReactNode;
  readonly className?: string | undefined;
}) {
  const { place, name, objects, icon, className } = props;
  const isHere = useBucket(({ query }) => placeId(query.place) === placeId(place));
  return (
    <UnstyledButton className={cx(classes.place, className)} aria-current={isHere} onClick={() => ask({ place })}>
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
  const storageClass = buckets.find(({ name }) => name === bucket)?.storageClass ?? null;
  return (
    <div className={classes.head}>
      <Select
        className={classes.select}
        aria-label="Bucket"
        data={buckets.map(({ name }) => name)}
        value={bucket}
        title={storageClass === null ? undefined : `${storageClassName(storageClass)} storage`}
        comboboxProps={{ width: 280, position: 'bottom-start' }}
        onChange={(name) => {
          chooseBucket(name);
          attempt(look);
        }}
      />
      {bucket !== null && !isFolder(bucket) && (
        <ActionIcon
          id={SETTINGS_BUTTON_ID}
          size={34}
          aria-label="Bucket settings"
          title={`Settings, lifecycle and cost of ${bucket}`}
          onClick={openBucketSettings}
        >
          <IconSettings size={18} />
        </ActionIcon>
      )}
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
          {bucket !== null && (
            <Menu.Item
              leftSection={<IconSettings size={16} />}
              disabled={isFolder(bucket)}
              onClick={openBucketSettings}
            >
              Bucket settings…{isFolder(bucket) && ' (a folder has none)'}
            </Menu.Item>
          )}
          {bucket !== null && <DownloadItems bucket={bucket} />}
          <Menu.Divider />
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

/** Downloads all that lies at the chosen place of the tree, whatever the filter hides. */
function DownloadItems(props: { readonly bucket: string }) {
  const { bucket } = props;
  const place = useBucket(({ query }) => query.place);
  const view = useBucket((state) => state.view);
  if (view === null) return null;
  const objects = objectsAt(view, place);
  const choice = { kind: 'place', place } as const;
  const canDownload = view.isWhole && objects > 0;
  return (
    <>
      <Menu.Item
        leftSection={<IconDownload size={16} />}
        disabled={!canDownload}
        onClick={() => download(bucket, choice, 'stored')}
      >
        Download {counted(objects, 'object')} of {placeName(place, bucket)}…
      </Menu.Item>
      <Menu.Item
        leftSection={<IconLockOpen size={16} />}
        disabled={!canDownload || place.kind === 'other'}
        onClick={() => download(bucket, choice, 'decoded')}
      >
        Download them decrypted…
      </Menu.Item>
    </>
  );
}

function objectsAt({ totals, topics, snapshots, others }: CatalogView, place: Place): number {
  const branch = 'topic' in place ? topics.find(({ topic }) => topic === place.topic) : undefined;
  switch (place.kind) {
    case 'all':
      return totals.objects;
    case 'topic':
      return branch?.archives ?? 0;
    case 'partition':
      return branch?.partitions.find(({ partition }) => partition === place.partition)?.archives ?? 0;
    case 'snapshots':
      return snapshots;
    case 'other':
      return others;
  }
}

function placeName(place: Place, bucket: string): string {
  switch (place.kind) {
    case 'all':
      return bucket;
    case 'topic':
      return place.topic;
    case 'partition':
      return `${place.topic}, partition ${place.partition}`;
    case 'snapshots':
      return 'the snapshots';
    case 'other':
      return 'no archive';
  }
}

function placeId(place: Place): string {
  return JSON.stringify([place.kind, 'topic' in place ? place.topic : '', 'partition' in place ? place.partition : '']);
}

function BucketTotals() {
  const totals = useBucket(({ view }) => view?.totals ?? null);
  if (totals === null) return null;
  const { archives, records, rawBytes, storedBytes } = totals;
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
