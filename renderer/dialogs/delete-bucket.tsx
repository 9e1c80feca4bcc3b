import { Skeleton, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { asPermafrostError } from '../../shared/errors';
import type { BucketLossView, HeldView } from '../../shared/model/archive';
import { Banner } from '../components/banner';
import { TypedConfirm } from '../components/typed-confirm';
import { bytes, counted, localTime } from '../format/format';
import { request } from '../ipc/client';
import { deleteBucket, stoppedDeletion } from '../stores/bucket-deletions';
import { showJobs } from '../stores/frame';
import { useBucketDeletions, useJobs } from '../stores/hooks';
import { Loss } from './loss';

export function DeleteBucket(props: { readonly bucket: string; readonly onClose: () => void }) {
  const { bucket, onClose } = props;
  const { loss, problem } = useLoss(bucket);
  const jobs = useJobs((state) => state.jobs);
  const stopped = useBucketDeletions((state) => stoppedDeletion(state, jobs, bucket));

  const remove = async (typedName: string): Promise<void> => {
    await deleteBucket(bucket, typedName);
    showJobs(true);
  };

  return (
    <TypedConfirm
      word={bucket}
      wordIs="the bucket's name"
      action={stopped === null ? 'Delete bucket' : 'Delete the rest'}
      isReady={loss === null || loss.held === null}
      onConfirm={remove}
      onClose={onClose}
    >
      <div>
        <Text>
          {stopped === null
            ? 'This deletes the bucket and everything in it for good. It can be stopped and gone on with; what is gone by then is gone.'
            : `A deletion stopped when ${counted(stopped.done, 'object')} were gone. This goes on with what is left, and deletes the bucket.`}
        </Text>
        {problem !== null ? (
          <Banner tone="bad" title="What is in it could not be counted.">
            {problem}
          </Banner>
        ) : loss === null ? (
          <Skeleton height={84} mt={8} aria-label="Counting what is in it" />
        ) : (
          <>
            <Loss loss={loss} />
            <Noncurrent {...loss.noncurrent} />
            {loss.held !== null && <Held held={loss.held} />}
          </>
        )}
      </div>
    </TypedConfirm>
  );
}

function useLoss(bucket: string) {
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
  return { loss, problem };
}

function Noncurrent(props: BucketLossView['noncurrent']) {
  if (props.objects === 0) return null;
  return (
    <Text mt="sm" size="sm">
      {counted(props.objects, 'noncurrent version')} of what was deleted before, {bytes(props.bytes)},{' '}
      {props.objects === 1 ? 'goes' : 'go'}, too.
    </Text>
  );
}

/** Why not now. */
function Held(props: { readonly held: HeldView }) {
  const { objects, until, isLocked } = props.held;
  return (
    <div style={{ marginTop: 12 }}>
      <Banner tone="warn" title={`It cannot be deleted before ${localTime(until)}.`}>
        The retention policy keeps {counted(objects, 'object')} until then.{' '}
        {isLocked
          ? 'It is locked, so nobody can remove it.'
          : 'It is not locked: remove it in the bucket’s settings, then delete the bucket.'}
      </Banner>
    </div>
  );
}
