import { Skeleton, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { asPermafrostError } from '../../shared/errors';
import type { ChoiceTotals, ObjectChoice } from '../../shared/model/catalog';
import { Banner } from '../components/banner';
import { TypedConfirm } from '../components/typed-confirm';
import { counted } from '../format/format';
import { request } from '../ipc/client';
import { tick } from '../stores/bucket';
import { showJobs } from '../stores/frame';
import { Loss } from './loss';

export function DeleteArchives(props: {
  readonly bucket: string;
  readonly choice: ObjectChoice;
  readonly onClose: () => void;
}) {
  const { bucket, choice, onClose } = props;
  const [loss, setLoss] = useState<ChoiceTotals | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isWanted = true;
    request('catalog.choice', { bucket, choice }).then(
      (totals) => isWanted && setLoss(totals),
      (thrown: unknown) => isWanted && setProblem(asPermafrostError(thrown).message),
    );
    return () => {
      isWanted = false;
    };
  }, [bucket, choice]);
  const what =
    loss === null ? 'archives' : counted(loss.objects, loss.archives === loss.objects ? 'archive' : 'object');

  const remove = async (): Promise<void> => {
    if (loss === null) return;
    await request('archive.delete', { bucket, choice, objects: loss.objects });
    tick({ kind: 'none' });
    showJobs(true);
  };

  return (
    <TypedConfirm
      word="delete"
      wordIs="the word"
      action={`Delete ${what}`}
      isReady={loss !== null}
      onConfirm={remove}
      onClose={onClose}
    >
      <div>
        <Text>
          This deletes {what} from {bucket} for good. What Kafka no longer keeps cannot be archived again.
        </Text>
        {problem !== null ? (
          <Banner tone="bad">{problem}</Banner>
        ) : loss === null ? (
          <Skeleton height={84} mt={8} aria-label="Counting what would be lost" />
        ) : (
          <Loss loss={loss} />
        )}
      </div>
    </TypedConfirm>
  );
}
