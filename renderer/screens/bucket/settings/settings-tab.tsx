import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { durationText } from '../../../../shared/model/bucket-settings';
import { Banner } from '../../../components/banner';
import { Card } from '../../../components/card';
import { localTime, utcTime } from '../../../format/format';
import { storageClassName } from '../../../format/words';
import { loadBucketSettings } from '../../../stores/bucket-settings';
import { useBucket, useBucketSettings } from '../../../stores/hooks';
import { AccessSection } from './access-section';
import classes from './bucket-settings.module.css';
import { NewObjectsSection } from './new-objects-section';
import { RetentionSection } from './retention-section';
import { Untold } from './told';
import { VersionsSection } from './versions-section';

export function SettingsTabPage(props: { readonly bucket: string }) {
  const settings = useBucketSettings((state) => state.settings);
  const error = useBucketSettings((state) => state.error);
  if (settings === null) {
    return (
      <div className={classes.column}>
        {error !== null && <CannotRead bucket={props.bucket} />}
        <div className={classes.columns}>
          <Facts bucket={props.bucket} />
          {error === null && <Skeleton height={220} radius={10} aria-label="Reading the settings" />}
        </div>
      </div>
    );
  }
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <Facts bucket={props.bucket} />
        <NewObjectsSection />
        <VersionsSection />
      </div>
      <div className={classes.column}>
        <AccessSection />
        <RetentionSection settings={settings} />
      </div>
    </div>
  );
}

/** What the list of buckets knows is shown all the same. */
export function CannotRead(props: { readonly bucket: string }) {
  const error = useBucketSettings((state) => state.error);
  if (error === null) return null;
  const isDenied = error.code === 'STORE_DENIED';
  return (
    <Banner
      tone={isDenied ? 'warn' : 'bad'}
      title={isDenied ? 'You may not see all of these settings.' : 'The settings cannot be read.'}
      actions={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconRefresh size={15} />}
          onClick={() => void loadBucketSettings(props.bucket)}
        >
          Try again
        </Button>
      }
    >
      {error.message}
      {isDenied && (
        <>
          {' '}
          To see them takes the right <code className="mono">storage.buckets.get</code>, to change them{' '}
          <code className="mono">storage.buckets.update</code>. Storage Object Viewer and Creator, which are enough for
          archiving, have neither.
        </>
      )}
    </Banner>
  );
}

/** What can't be changed once it is made, and what is changed elsewhere. */
function Facts(props: { readonly bucket: string }) {
  const settings = useBucketSettings((state) => state.settings);
  const listed = useBucket(({ buckets }) => buckets?.find(({ name }) => name === props.bucket) ?? null);
  const { location, createdAt, storageClass } = settings ?? listed ?? NOT_LISTED;
  return (
    <Card title="About this bucket">
      <dl className={classes.facts}>
        <dt>Location</dt>
        <dd>
          {location === null ? <Untold /> : location}
          {settings?.locationType != null && <span className="dim">, {settings.locationType}</span>}
        </dd>
        <dt>Made</dt>
        <dd className="figure" title={utcTime(createdAt)}>
          {createdAt === null ? <Untold /> : localTime(createdAt)}
        </dd>
        {settings === null ? (
          <>
            <dt>Storage class</dt>
            <dd>{storageClass === null ? <Untold /> : `${storageClassName(storageClass)}, of new objects`}</dd>
          </>
        ) : (
          <>
            <dt>Soft delete</dt>
            <dd>{softDeleteText(settings.softDeleteSeconds)}</dd>
            <dt>Autoclass</dt>
            <dd>
              {settings.autoclass === null ? (
                <Untold />
              ) : settings.autoclass ? (
                'on: Cloud Storage moves objects between classes by itself'
              ) : (
                'off: objects keep their class, unless a rule moves them'
              )}
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}

const NOT_LISTED = { location: null, createdAt: null, storageClass: null } as const;

function softDeleteText(seconds: number | null): ReactNode {
  if (seconds === null) return <Untold />;
  if (seconds === 0) return 'off: what is deleted is gone at once';
  return `${durationText(seconds)}: what is deleted can be brought back, and is paid for, until then`;
}
