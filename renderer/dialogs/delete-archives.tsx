import { Text } from '@mantine/core';
import { useMemo } from 'react';
import type { LossView, ObjectRef } from '../../shared/model/archive';
import { TypedConfirm } from '../components/typed-confirm';
import { counted } from '../format/format';
import { request } from '../ipc/client';
import { select } from '../stores/bucket';
import { rowId, totalsOf } from '../stores/bucket-rows';
import { showJobs } from '../stores/frame';
import { useBucket } from '../stores/hooks';
import { tickNone } from '../stores/selection';
import { Loss } from './loss';

export function DeleteArchives(props: {
  readonly bucket: string;
  readonly objects: readonly ObjectRef[];
  readonly onClose: () => void;
}) {
  const { bucket, objects, onClose } = props;
  const rows = useBucket((state) => state.rows);
  const loss = useMemo((): LossView => {
    const ids = new Set(objects.map(rowId));
    return totalsOf((rows ?? []).filter((row) => ids.has(rowId(row))));
  }, [rows, objects]);
  const what = loss.archives === objects.length ? 'archive' : 'object';

  const remove = async (): Promise<void> => {
    await request('archive.delete', { bucket, objects: [...objects] });
    select(tickNone);
    showJobs(true);
  };

  return (
    <TypedConfirm
      word="delete"
      wordIs="the word"
      action={`Delete ${counted(objects.length, what)}`}
      onConfirm={remove}
      onClose={onClose}
    >
      <div>
        <Text>
          This deletes {counted(objects.length, what)} from {bucket} for good. What Kafka no longer keeps cannot be
          archived again.
        </Text>
        <Loss loss={loss} />
      </div>
    </TypedConfirm>
  );
}
