import { Skeleton, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { asPermafrostError } from '../../shared/errors';
import type { BucketLossView, HeldView } from '../../shared/model/archive';
import { Banner } from '../components/banner';
import { TypedConfirm } from '../components/typed-confirm';
import { counted } from '../format/format';
import { request } from '../ipc/client';
import { showJobs } from '../stores/frame';
import { Loss } from './loss';

export function DeleteBucket(props: { readonly bucket: string; readonly onClose: () => void }) {
  const { bucket, onClose } = props;
  const [loss, setLoss] = useState<BucketLossView | null>(null);
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
          <Loss loss={loss} noncurrent={loss.noncurrent} />
        )}
        {loss?.held != null && (
          <Banner tone="warn" title="It cannot be deleted yet.">
            {heldText(loss.held)}
          </Banner>
        )}
      </div>
    </TypedConfirm>
  );
}

function heldText({ objects, until, isLocked }: HeldView): string {
  const day = new Date(until).toISOString().slice(0, 10);
  const kept = `${counted(objects, 'object')} ${objects === 1 ? 'is' : 'are'} kept until ${day} by the retention policy`;
  return isLocked
    ? `${kept}, which is locked: nobody can remove it.`
    : `${kept}. Remove the policy to delete them before.`;
}
