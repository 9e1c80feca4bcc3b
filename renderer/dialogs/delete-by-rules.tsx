import { Skeleton, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { asPermafrostError } from '../../shared/errors';
import { lifecycleText, type AffectedObjects, type LifecycleRule } from '../../shared/model/lifecycle';
import { Banner } from '../components/banner';
import { TypedConfirm } from '../components/typed-confirm';
import { counted } from '../format/format';
import { lostAtOnce } from '../format/rule-draft';
import { request } from '../ipc/client';
import { applyRules } from '../screens/bucket/settings/apply-rules';
import { saveSection } from '../stores/bucket-settings';
import { useBucket, useBucketSettings } from '../stores/hooks';
import { Loss } from './loss';

/** Before rules are saved, or applied in the sandbox, that delete what is there: the loss in numbers. */
export function DeleteByRules(props: {
  readonly bucket: string;
  readonly rules: readonly LifecycleRule[];
  readonly then: 'save' | 'apply';
  readonly onClose: () => void;
}) {
  const { bucket, rules, then, onClose } = props;
  const { loss, problem } = useLoss(bucket, rules);
  const others = useBucketSettings(({ settings }) => settings?.lifecycle.others.length ?? 0);
  const isHarmless = loss?.objects === 0;
  const verb = then === 'save' ? 'Save rules' : 'Apply rules';
  return (
    <TypedConfirm
      word="delete"
      wordIs="the word"
      action={loss === null || isHarmless ? verb : `${verb} and delete ${counted(loss.objects, 'object')}`}
      isReady={loss !== null}
      onConfirm={() => (then === 'save' ? saveSection('lifecycle') : applyRules(bucket))}
      onClose={onClose}
    >
      <div>
        {rules
          .filter(({ kind }) => kind === 'delete')
          .map((rule) => (
            <Text key={lifecycleText(rule)}>{lifecycleText(rule)}</Text>
          ))}
        {problem !== null ? (
          <Banner tone="bad">{problem}</Banner>
        ) : loss === null ? (
          <Skeleton height={84} mt={8} aria-label="Counting what would be lost" />
        ) : isHarmless ? (
          <Text mt="sm">Nothing is old enough now; it will be, day by day.</Text>
        ) : (
          <>
            <Text mt="sm">
              {then === 'save'
                ? `Within about a day this is deleted from ${bucket}`
                : `This is deleted from ${bucket} now`}
              , and whatever becomes old enough later:
            </Text>
            <Loss loss={{ ...loss, storedBytes: loss.bytes }} />
          </>
        )}
        {then === 'apply' && others > 0 && (
          <Text mt="sm">
            {counted(others, 'other rule')}, made elsewhere, will act, too. What it does is not counted.
          </Text>
        )}
      </div>
    </TypedConfirm>
  );
}

/** Counted again as long as the bucket is being listed. */
function useLoss(bucket: string, rules: readonly LifecycleRule[]) {
  const version = useBucket(({ view }) => view?.version ?? null);
  const [loss, setLoss] = useState<AffectedObjects | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isWanted = true;
    request('bucket.lifecycleEffect', { bucket, rules: [...rules] }).then(
      (effect) => isWanted && effect !== null && setLoss(lostAtOnce(effect)),
      (thrown: unknown) => isWanted && setProblem(asPermafrostError(thrown).message),
    );
    return () => {
      isWanted = false;
    };
  }, [bucket, rules, version]);
  return { loss, problem };
}
