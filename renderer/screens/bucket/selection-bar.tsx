import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconDownload, IconLockOpen, IconTrash, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { cx } from '../../components/cx';
import { bytes, count, counted } from '../../format/format';
import { select } from '../../stores/bucket';
import { rowId, totalsOf } from '../../stores/bucket-rows';
import { openDialog } from '../../stores/frame';
import { useBucket } from '../../stores/hooks';
import { tickNone } from '../../stores/selection';
import classes from './archive-list.module.css';
import { download, refsOf } from './downloads';

/** What can be done with all that is ticked. */
export function SelectionBar() {
  const bucket = useBucket((state) => state.bucket);
  const rows = useBucket((state) => state.rows);
  const ticked = useBucket(({ selection }) => selection.ticked);
  const chosen = useMemo(() => (rows ?? []).filter((row) => ticked.has(rowId(row))), [rows, ticked]);
  const { objects, records, storedBytes } = useMemo(() => totalsOf(chosen), [chosen]);
  if (bucket === null) return null;
  const canDecrypt = objects > 0 && chosen.every(({ archive, snapshot }) => (archive ?? snapshot)?.opens === true);
  return (
    <div className={classes.bar} role="toolbar" aria-label="Selected objects">
      <Tooltip label="Clear the selection">
        <ActionIcon size={30} aria-label="Clear the selection" onClick={() => select(tickNone)}>
          <IconX size={17} />
        </ActionIcon>
      </Tooltip>
      <span className={cx(classes.selected, 'figure ellipsis')}>
        <b>{counted(objects, 'object')}</b>
        <span className="dim">
          , {count(records)} messages, {bytes(storedBytes)}
        </span>
      </span>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDownload size={15} />}
        onClick={() => download(bucket, refsOf(chosen), 'stored')}
      >
        Download
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconLockOpen size={15} />}
        disabled={!canDecrypt}
        title={canDecrypt ? undefined : 'Some of these are no archives, or no key here opens them'}
        onClick={() => download(bucket, refsOf(chosen), 'decoded')}
      >
        Download decrypted
      </Button>
      <Button
        size="xs"
        variant="light"
        color="red"
        leftSection={<IconTrash size={15} />}
        onClick={() => openDialog({ kind: 'delete-archives', bucket, objects: refsOf(chosen) })}
      >
        Delete
      </Button>
    </div>
  );
}
