import { UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { memo } from 'react';
import type { UploadView } from '../../../shared/model/live';
import { Card } from '../../components/card';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { OpensWith } from '../../components/fingerprint';
import { ReducedMark } from '../../components/reduced-mark';
import { ago, bytes, count, exactBytes, NOTHING, offsetRange, percent, utcTime } from '../../format/format';
import { gapReason } from '../../format/words';
import { showObject } from '../../stores/bucket';
import { showScreen } from '../../stores/frame';
import { useKeys, useLive, useNow } from '../../stores/hooks';
import classes from './live-tables.module.css';

const MAX_SHOWN = 20;

/** The archives that were written last; each opens in Bucket. */
export function UploadsCard(props: { readonly className?: string | undefined }) {
  const uploads = useLive((snapshot) => snapshot.uploads) ?? [];
  return (
    <Card title="Latest archives" className={props.className}>
      {uploads.length === 0 ? (
        <p className={classes.empty}>
          Archives appear here as they are uploaded: start archiving, then send some messages.
        </p>
      ) : (
        <div className={classes.scroll}>
          <table className={classes.table}>
            <colgroup>
              <col style={{ width: '17%' }} />
              <col style={{ width: '20%' }} />
              <col />
              <col className={classes.optional} />
              <col />
              <col style={{ width: 84 }} />
              <col style={{ width: 132 }} />
              <col className={classes.optional} style={{ width: 104 }} />
              <col style={{ width: 110 }} />
            </colgroup>
            <thead>
              <tr>
                <th>Topic and partition</th>
                <th>Offsets</th>
                <th className={classes.right}>Messages</th>
                <th className={cx(classes.right, classes.optional)}>Raw</th>
                <th className={classes.right}>Stored</th>
                <th className={classes.right}>of raw</th>
                <th>Keys</th>
                <th className={classes.optional}>Checked</th>
                <th className={classes.right}>Uploaded</th>
              </tr>
            </thead>
            <tbody>
              {uploads.slice(0, MAX_SHOWN).map((upload) => (
                <UploadRow key={`${upload.object} ${upload.at}`} upload={upload} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

const UploadRow = memo(function UploadRow(props: { readonly upload: UploadView }) {
  const { upload } = props;
  const opens = useKeys(({ keys }) => keys?.some(({ fingerprint }) => upload.recipients.includes(fingerprint)) ?? true);
  const open = (): void => {
    showScreen('bucket');
    showObject(upload.object);
  };
  return (
    <tr className={classes.link} onClick={open} style={{ cursor: 'pointer' }}>
      <td>
        <UnstyledButton className={cx(classes.name, 'mono')} title={upload.object} onClick={open}>
          {upload.topic} / {upload.partition}
        </UnstyledButton>
      </td>
      <td>
        <Figure>{offsetRange(upload.firstOffset, upload.nextOffset)}</Figure>
      </td>
      <td className={classes.right}>
        {upload.gap === null ? (
          <>
            <ReducedMark of={upload} />
            <Figure>{count(upload.records)}</Figure>
          </>
        ) : (
          <span title={gapReason(upload.gap)}>{NOTHING}</span>
        )}
      </td>
      <td className={cx(classes.right, classes.optional)}>
        <Figure exact={exactBytes(upload.rawBytes)}>{bytes(upload.rawBytes)}</Figure>
      </td>
      <td className={classes.right}>
        <Figure exact={exactBytes(upload.storedBytes)}>{bytes(upload.storedBytes)}</Figure>
      </td>
      <td className={classes.right}>
        <Figure>{percent(upload.storedBytes, upload.rawBytes)}</Figure>
      </td>
      <td>
        <OpensWith recipients={upload.recipients} opens={opens} />
      </td>
      <td className={classes.optional}>
        {upload.gap === null ? <Checked upload={upload} /> : <span title={gapReason(upload.gap)}>gap</span>}
      </td>
      <td className={classes.right}>
        <Age at={upload.at} />
      </td>
    </tr>
  );
});

function Checked(props: { readonly upload: UploadView }) {
  const { crc32cMatches, adopted, corrupt } = props.upload;
  if (!crc32cMatches) {
    return (
      <span className={classes.bad} title="The bucket's crc32c is not the one that was computed here">
        <IconAlertTriangle size={15} aria-hidden /> differs
      </span>
    );
  }
  if (corrupt > 0) {
    return (
      <span className={classes.bad} title="Record batches that are damaged in Kafka are kept in it as they came">
        <IconAlertTriangle size={15} aria-hidden /> {count(corrupt)} damaged
      </span>
    );
  }
  return (
    <span
      className={classes.good}
      title={adopted ? 'The same archive lay in the bucket already' : 'The bucket holds what was sent, by its crc32c'}
    >
      <IconCheck size={15} aria-hidden /> {adopted ? 'was there' : 'crc32c'}
    </span>
  );
}

function Age(props: { readonly at: number }) {
  return <Figure exact={utcTime(props.at)}>{ago(props.at, useNow())}</Figure>;
}
