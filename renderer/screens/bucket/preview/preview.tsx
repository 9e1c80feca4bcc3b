import { Button, Loader } from '@mantine/core';
import { IconArrowLeft, IconMailbox } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { ObjectRef } from '../../../../shared/model/archive';
import { Banner } from '../../../components/banner';
import { Card } from '../../../components/card';
import { cx } from '../../../components/cx';
import { Figure } from '../../../components/figure';
import { MessagePanel } from '../../../components/message-panel';
import { bytes, count, exactBytes, offsetRange } from '../../../format/format';
import { reducedText } from '../../../format/words';
import { lookInside } from '../../../stores/bucket';
import { frameStore } from '../../../stores/frame';
import { useBucket, usePreview } from '../../../stores/hooks';
import { keysStore } from '../../../stores/keys';
import { closePreview, openPreview } from '../../../stores/preview';
import { attempt } from '../../../stores/report';
import { PreviewError } from './preview-error';
import classes from './preview.module.css';
import { RecordPane } from './record-pane';
import { RecordTable } from './record-table';

/** Inside one archive: its records on the left, one of them on the right. */
export function Preview(props: { readonly archive: ObjectRef }) {
  const { archive: ref } = props;
  const bucket = useBucket((state) => state.bucket);
  const error = usePreview((state) => state.error);
  const isKeyMissing = error?.code === 'KEY_MISSING' || error?.code === 'KEY_WRONG';

  useEffect(() => {
    if (bucket !== null) void openPreview(bucket, ref);
    return () => attempt(closePreview);
  }, [bucket, ref]);
  useReopenOnNewKey(bucket, ref, isKeyMissing);
  useEffect(() => {
    window.addEventListener('keydown', backOnEscape);
    return () => window.removeEventListener('keydown', backOnEscape);
  }, []);

  return (
    <Card className={classes.preview}>
      <Head archive={ref} />
      <Body onRetry={() => bucket !== null && void openPreview(bucket, ref)} />
    </Card>
  );
}

/** A key that was imported may open the archive that stayed shut for want of one. */
function useReopenOnNewKey(bucket: string | null, ref: ObjectRef, isKeyMissing: boolean): void {
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

function Head(props: { readonly archive: ObjectRef }) {
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
          <RecordTable records={archive.records} />
          <RecordPane />
        </div>
      )}
    </>
  );
}
