import { Button, Loader } from '@mantine/core';
import { IconArrowLeft, IconFilterOff, IconMailbox } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Banner } from '../../../components/banner';
import { Card } from '../../../components/card';
import { cx } from '../../../components/cx';
import { Figure } from '../../../components/figure';
import { MessagePanel } from '../../../components/message-panel';
import { bytes, count, exactBytes, offsetRange } from '../../../format/format';
import { reducedText } from '../../../format/words';
import { lookInside, type OpenedRef } from '../../../stores/bucket';
import { frameStore } from '../../../stores/frame';
import { useBucket, usePreview } from '../../../stores/hooks';
import { keysStore } from '../../../stores/keys';
import { closePreview, openPreview } from '../../../stores/preview';
import { attempt } from '../../../stores/report';
import { FilterBar } from './filter-bar';
import { PreviewError } from './preview-error';
import classes from './preview.module.css';
import { RecordPane } from './record-pane';
import { RecordTable } from './record-table';

/** Inside one archive: its records on the left, one of them on the right. */
export function Preview(props: { readonly archive: OpenedRef }) {
  const { archive: ref } = props;
  const ofBucket = useBucket((state) => state.bucket);
  // a file stays open whatever becomes of the buckets
  const place = ref.path === undefined ? ofBucket : '';
  const error = usePreview((state) => state.error);
  const isKeyMissing = error?.code === 'KEY_MISSING' || error?.code === 'KEY_WRONG';

  useEffect(() => {
    if (place !== null) void openPreview(place, ref);
    return () => attempt(closePreview);
  }, [place, ref]);
  useReopenOnNewKey(place, ref, isKeyMissing);
  useEffect(() => {
    window.addEventListener('keydown', backOnEscape);
    return () => window.removeEventListener('keydown', backOnEscape);
  }, []);

  return (
    <Card className={classes.preview}>
      <Head archive={ref} />
      <Body onRetry={() => place !== null && void openPreview(place, ref)} />
    </Card>
  );
}

/** A key that was imported may open the archive that stayed shut for want of one. */
function useReopenOnNewKey(bucket: string | null, ref: OpenedRef, isKeyMissing: boolean): void {
  useEffect(() => {
    if (!isKeyMissing || bucket === null) return undefined;
    return keysStore.subscribe((now, before) => {
      if (now.keys !== before.keys) void openPreview(bucket, ref);
    });
  }, [bucket, ref, isKeyMissing]);
}

function backOnEscape(event: KeyboardEvent): void {
  const isTaken = event.defaultPrevented || frameStore.getState().dialog !== null;
  if (event.key === 'Escape' && !isTaken) lookInside(null);
}

function Head(props: { readonly archive: OpenedRef }) {
  const archive = usePreview((state) => state.archive);
  const bytesRead = usePreview((state) => state.bytesRead);
  return (
    <div className={classes.head}>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconArrowLeft size={16} />}
        title="Back to the archives (Esc)"
        onClick={() => lookInside(null)}
      >
        Back
      </Button>
      <h2 className={cx(classes.title, 'ellipsis')} title={props.archive.name}>
        {archive === null ? 'Looking inside' : offsetRange(archive.firstOffset, archive.nextOffset)}
      </h2>
      <span className={cx(classes.what, 'figure ellipsis')}>
        {archive !== null &&
          `${count(archive.records)} messages, ${archive.codec}${archive.encrypted ? ', decrypted in memory' : ''}`}
      </span>
      {archive !== null && (
        <span className={cx(classes.read, 'figure')}>
          <b>
            <Figure exact={exactBytes(bytesRead)}>{bytes(bytesRead)}</Figure>
          </b>{' '}
          of <Figure exact={exactBytes(archive.storedBytes)}>{bytes(archive.storedBytes)}</Figure> read
        </span>
      )}
    </div>
  );
}

function Body(props: { readonly onRetry: () => void }) {
  const archive = usePreview((state) => state.archive);
  const error = usePreview((state) => state.error);
  if (error !== null) return <PreviewError error={error} onRetry={props.onRetry} />;
  if (archive === null) return <Loader m="auto" aria-label="Opening the archive" />;
  return (
    <>
      {!archive.indexed && (
        <div className={classes.note}>
          <Banner tone="warn" title="Incomplete: no index.">
            It was cut off or written without one. It is read from the front, and that nothing is missing is not proved.
          </Banner>
        </div>
      )}
      {archive.reduction !== null && (
        <div className={classes.note}>
          <Banner tone="info" title="Reduced.">
            {reducedText(archive)}
          </Banner>
        </div>
      )}
      {archive.records === 0 ? (
        <MessagePanel
          icon={IconMailbox}
          title="No messages in it"
          text={
            archive.dropped > 0
              ? 'All that lay between its offsets were left out on purpose.'
              : 'It covers its offsets, and holds none of their messages.'
          }
        />
      ) : (
        <div className={classes.body}>
          <div className={classes.left}>
            <FilterBar />
            <Records />
          </div>
          <RecordPane />
        </div>
      )}
    </>
  );
}

/** All of them, or what the filter found so far. */
function Records() {
  const records = usePreview(({ archive, filtering }) => filtering?.rows.length ?? archive?.records ?? 0);
  const isFiltered = usePreview(({ filtering }) => filtering !== null);
  const isScanning = usePreview(({ filtering }) => filtering?.isScanning ?? false);
  if (isFiltered && records === 0 && !isScanning) {
    return <MessagePanel icon={IconFilterOff} title="No message fits" text="Nothing that was read fits the filter." />;
  }
  return <RecordTable key={String(isFiltered)} records={records} />;
}
