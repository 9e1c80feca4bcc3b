import { Button } from '@mantine/core';
import { IconBucket, IconBucketOff, IconPlus, IconRefresh } from '@tabler/icons-react';
import { useEffect } from 'react';
import { storeLocation } from '../../../shared/model/connection';
import { Card } from '../../components/card';
import { MessagePanel } from '../../components/message-panel';
import { ScreenPage } from '../../frame/screen-page';
import { loadBuckets } from '../../stores/bucket';
import { placeText } from './place-text';
import { openDialog } from '../../stores/frame';
import { useBucket, useLive, useSearch } from '../../stores/hooks';
import { ArchiveList } from './archive-list';
import classes from './bucket-screen.module.css';
import { Details } from './details';
import { PlaceTree } from './place-tree';
import { Preview } from './preview/preview';
import { Search } from './search/search';
import { BucketSettingsPage } from './settings/bucket-settings';

export function BucketScreen() {
  const preferred = useLive((snapshot) => snapshot.bucket);
  const isUp = useLive(({ connection }) => connection.state === 'running') ?? false;
  useEffect(() => {
    if (preferred !== null && isUp) void loadBuckets(preferred);
  }, [preferred, isUp]);
  const bucket = useBucket((state) => state.bucket);
  const place = useBucket(({ query }) => query.place);
  const hasNone = useBucket(({ buckets }) => buckets?.length === 0);
  const opened = useBucket((state) => state.opened);
  const isSettingsOpen = useBucket((state) => state.isSettingsOpen);
  const isSearching = useSearch((state) => state.isOpen);
  return (
    <ScreenPage
      title="Bucket"
      sentence={opened?.path ?? (bucket === null ? '' : `${storeLocation(bucket)}${placeText(place)}`)}
      className={classes.screen}
    >
      {opened !== null ? (
        <Preview key={opened.path ?? opened.name} archive={opened} />
      ) : isSettingsOpen && bucket !== null ? (
        <BucketSettingsPage bucket={bucket} />
      ) : isSearching ? (
        <Search />
      ) : hasNone ? (
        <NoBucket />
      ) : (
        <Browser />
      )}
    </ScreenPage>
  );
}

function Browser() {
  const error = useBucket((state) => state.error);
  const isEmpty = useBucket(({ view }) => view === null || (view.error !== null && view.totals.objects === 0));
  const isDetailsOpen = useBucket((state) => state.isDetailsOpen);
  return (
    <>
      <Card className={classes.side}>
        <PlaceTree />
      </Card>
      <Card className={classes.main}>
        <div className={classes.split}>
          {error !== null && isEmpty ? <CannotList /> : <ArchiveList className={classes.list} />}
          {isDetailsOpen && <Details className={classes.details} />}
        </div>
      </Card>
    </>
  );
}

function NoBucket() {
  return (
    <Card className={classes.whole}>
      <MessagePanel
        icon={IconBucket}
        title="No bucket yet"
        text="Archives are kept in a bucket. Create one, then start archiving."
        actions={
          <Button leftSection={<IconPlus size={16} />} onClick={() => openDialog({ kind: 'create-bucket' })}>
            Create bucket
          </Button>
        }
      />
    </Card>
  );
}

function CannotList() {
  const error = useBucket((state) => state.error);
  const preferred = useLive((snapshot) => snapshot.bucket) ?? '';
  return (
    <MessagePanel
      icon={IconBucketOff}
      isError
      title="The bucket cannot be listed"
      text={error?.message}
      actions={
        <Button leftSection={<IconRefresh size={16} />} onClick={() => void loadBuckets(preferred)}>
          Try again
        </Button>
      }
    />
  );
}
