import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconDownload, IconLockOpen, IconTrash, IconX } from '@tabler/icons-react';
import { cx } from '../../components/cx';
import { bytes, count, counted } from '../../format/format';
import { tick } from '../../stores/bucket';
import { openDialog } from '../../stores/frame';
import { useBucket } from '../../stores/hooks';
import classes from './archive-list.module.css';
import { download } from './downloads';

const TICKED = { kind: 'ticked' } as const;

/** What can be done with all that is ticked. */
export function SelectionBar() {
  const bucket = useBucket((state) => state.bucket);
  const ticked = useBucket(({ view }) => view?.ticked ?? null);
  if (bucket === null || ticked === null) return null;
  const { objects, records, storedBytes, opens } = ticked;
  const canDecrypt = opens === objects;
  return (
    <div className={classes.bar} role="toolbar" aria-label="Selected objects">
      <Tooltip label="Clear the selection">
        <ActionIcon size={30} aria-label="Clear the selection" onClick={() => tick({ kind: 'none' })}>
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
        onClick={() => download(bucket, TICKED, 'stored')}
      >
        Download
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconLockOpen size={15} />}
        disabled={!canDecrypt}
        title={canDecrypt ? undefined : 'Some of these are no archives, or no key here opens them'}
        onClick={() => download(bucket, TICKED, 'decoded')}
      >
        Download decrypted
      </Button>
      <Button
        size="xs"
        variant="light"
        color="red"
        leftSection={<IconTrash size={15} />}
        onClick={() => openDialog({ kind: 'delete-archives', bucket, choice: TICKED })}
      >
        Delete
      </Button>
    </div>
  );
}
