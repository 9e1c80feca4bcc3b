import { ActionIcon, Button } from '@mantine/core';
import { IconDownload, IconEye, IconLockOpen, IconTrash, IconX } from '@tabler/icons-react';
import type { ArchiveRow, ObjectRow, SnapshotRow } from '../../../shared/model/archive';
import type { ObjectChoice } from '../../../shared/model/catalog';
import { Banner } from '../../components/banner';
import { CopyIcon } from '../../components/copy';
import { Figure } from '../../components/figure';
import { ReducedMark } from '../../components/reduced-mark';
import { bytes, count, exactBytes, localTime, offsetRange, timeRange, utcTime } from '../../format/format';
import { gapReason, snapshotText, storageClassName } from '../../format/words';
import { bucketStore, lookInside, refOf } from '../../stores/bucket';
import { openDialog } from '../../stores/frame';
import { useBucket } from '../../stores/hooks';
import classes from './details.module.css';
import { download } from './downloads';
import { Waterfall } from './waterfall';

/** All that is known of one object without downloading it. */
export function Details(props: { readonly className?: string | undefined }) {
  const row = useBucket(({ active }) => active?.row ?? null);
  const bucket = useBucket((state) => state.bucket);
  if (row === null || bucket === null) return null;
  const { archive } = row;
  return (
    <aside className={props.className} aria-label="Details">
      <div className={classes.head}>
        <h2 className={classes.title}>
          {archive === null ? (
            titleOfOther(row)
          ) : (
            <Figure>{offsetRange(archive.firstOffset, archive.nextOffset)}</Figure>
          )}
        </h2>
        <ActionIcon
          color="red"
          aria-label="Delete this object"
          title="Delete this object"
          onClick={() => openDialog({ kind: 'delete-archives', bucket, choice: choiceOf(row) })}
        >
          <IconTrash size={16} />
        </ActionIcon>
        <ActionIcon aria-label="Close the details" onClick={() => bucketStore.setState({ isDetailsOpen: false })}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <Actions bucket={bucket} row={row} />
      {row.problem !== null && (
        <div className={classes.section}>
          <Banner tone="bad" title="Its metadata cannot be read.">
            {row.problem}
          </Banner>
        </div>
      )}
      {archive !== null && <ArchiveSections row={row} archive={archive} />}
      {row.snapshot !== null && <SnapshotSection snapshot={row.snapshot} />}
      <ObjectSection row={row} />
    </aside>
  );
}

function choiceOf(row: ObjectRow): ObjectChoice {
  return { kind: 'objects', objects: [refOf(row)] };
}

function Actions(props: { readonly bucket: string; readonly row: ObjectRow }) {
  const { bucket, row } = props;
  const choice = choiceOf(row);
  const { archive } = row;
  const decryptable = archive ?? row.snapshot;
  return (
    <div className={classes.actions}>
      {archive !== null && (
        <Button fullWidth leftSection={<IconEye size={17} />} onClick={() => lookInside(row)}>
          Look inside
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDownload size={15} />}
        onClick={() => download(bucket, choice, 'stored')}
      >
        Download
      </Button>
      {decryptable !== null && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconLockOpen size={15} />}
          disabled={!decryptable.opens}
          title={!decryptable.opens ? 'No key here opens it' : undefined}
          onClick={() => download(bucket, choice, 'decoded')}
        >
          Download decrypted
        </Button>
      )}
    </div>
  );
}

function ArchiveSections(props: { readonly row: ObjectRow; readonly archive: ArchiveRow }) {
  const { row, archive } = props;
  return (
    <>
      <section className={classes.section}>
        <h3>Size, step by step</h3>
        <Waterfall archive={archive} storedBytes={row.storedBytes} />
      </section>
      <section className={classes.section}>
        <h3>Messages</h3>
        <dl className={classes.facts}>
          <dt>Topic</dt>
          <dd className="mono">{archive.topic}</dd>
          <dt>Partition</dt>
          <dd className="figure">{archive.partition}</dd>
          <dt>Messages</dt>
          <dd className="figure">{count(archive.records)}</dd>
          {archive.reduction !== null && <ReducedFacts archive={archive} rule={archive.reduction} />}
          {archive.gap !== null && (
            <>
              <dt>Holds</dt>
              <dd>{gapReason(archive.gap)}</dd>
            </>
          )}
          <dt>Times</dt>
          <dd title={`${utcTime(archive.firstTimestamp)} to ${utcTime(archive.lastTimestamp)}`}>
            {timeRange(archive.firstTimestamp, archive.lastTimestamp)}
          </dd>
          <dt>Opens with</dt>
          <dd>
            <Keys of={archive} />
          </dd>
        </dl>
      </section>
    </>
  );
}

function SnapshotSection(props: { readonly snapshot: SnapshotRow }) {
  const { snapshot } = props;
  return (
    <section className={classes.section}>
      <h3>Snapshot of the cluster</h3>
      <dl className={classes.facts}>
        <dt>Holds</dt>
        <dd>{snapshotText(snapshot)}</dd>
        <dt>Cluster</dt>
        <dd>
          <Long value={snapshot.clusterId} name="cluster's id" />
        </dd>
        <dt>Opens with</dt>
        <dd>
          <Keys of={snapshot} />
        </dd>
      </dl>
    </section>
  );
}

function Keys(props: { readonly of: Pick<ArchiveRow, 'recipients' | 'opens'> }) {
  const { recipients, opens } = props.of;
  return (
    <>
      {recipients.length === 0
        ? 'no key: it is not encrypted'
        : recipients.map((fingerprint) => <Long key={fingerprint} value={fingerprint} name="fingerprint" />)}
      {!opens && 'None of these keys is here'}
    </>
  );
}

/** What was left out of it on purpose, and by which rule. */
function ReducedFacts(props: { readonly archive: ArchiveRow; readonly rule: string }) {
  const { archive, rule } = props;
  const { records, dropped } = archive;
  return (
    <>
      <dt>Left out</dt>
      <dd className="figure">
        <ReducedMark of={archive} hasWord />
        {dropped === 0 ? 'fields only' : `${count(dropped)} of ${count(records + dropped)}`}
      </dd>
      <dt>Rule</dt>
      <dd>
        <Long value={rule} name="rule's digest" />
      </dd>
    </>
  );
}

function ObjectSection(props: { readonly row: ObjectRow }) {
  const { row } = props;
  return (
    <section className={classes.section}>
      <h3>Object</h3>
      <dl className={classes.facts}>
        <dt>Stored</dt>
        <dd className="figure" title={exactBytes(row.storedBytes)}>
          {bytes(row.storedBytes)}
        </dd>
        <dt>Class</dt>
        <dd>{storageClassName(row.storageClass)}</dd>
        <dt>Created</dt>
        <dd className="figure" title={utcTime(row.createdAt)}>
          {localTime(row.createdAt)}
        </dd>
        <dt>crc32c</dt>
        <dd className="mono">{row.crc32c}</dd>
        <dt>Generation</dt>
        <dd className="mono">{row.generation}</dd>
        <dt>Name</dt>
        <dd>
          <Long value={row.name} name="name" />
        </dd>
      </dl>
    </section>
  );
}

function Long(props: { readonly value: string; readonly name: string }) {
  return (
    <div className={classes.long}>
      <span className="mono">{props.value}</span>
      <CopyIcon value={props.value} label={`Copy the ${props.name}`} />
    </div>
  );
}

function titleOfOther({ problem, snapshot }: ObjectRow): string {
  if (snapshot !== null) return 'Snapshot';
  return problem === null ? 'Not an archive' : 'Unreadable';
}
