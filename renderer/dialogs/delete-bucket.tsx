import { Skeleton, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { asPermafrostError } from '../../shared/errors';
import type { LossView } from '../../shared/model/archive';
import { Banner } from '../components/banner';
import { TypedConfirm } from '../components/typed-confirm';
import { request } from '../ipc/client';
import { showJobs } from '../stores/frame';
import { Loss } from './loss';

export function DeleteBucket(props: { readonly bucket: string; readonly onClose: () => void }) {
  const { bucket, onClose } = props;
  const [loss, setLoss] = useState<LossView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isWanted = true;
    request('bucket.loss', { name: bucket }).then(
      (counted) => isWanted && setLoss(counted),
      (thrown: unknown) => isWanted && setProblem(asPermafrostError(thrown).message),
    );
    return () => {
      isWanted = false;
    };
  }, [bucket]);

  const remove = async (typedName: string): Promise<void> => {
    await request('bucket.delete', { name: bucket, typedName });
    showJobs(true);
  };

  return (
    <TypedConfirm word={bucket} wordIs="the bucket's name" action="Delete bucket" onConfirm={remove} onClose={onClose}>
      <div>
        <Text>This deletes the bucket and everything in it for good.</Text>
        {problem !== null ? (
          <Banner tone="bad" title="What is in it could not be counted.">
            {problem}
          </Banner>
        ) : loss === null ? (
          <Skeleton height={84} mt={8} aria-label="Counting what is in it" />
        ) : (
          <Loss loss={loss} />
        )}
      </div>
    </TypedConfirm>
  );
}
