import { Button, Group, Stack, Text } from '@mantine/core';
import { durationText, DAY_SECONDS } from '../../shared/model/bucket-settings';
import { saveSection, shownValues } from '../stores/bucket-settings';
import { useBucketSettings } from '../stores/hooks';
import { attempt } from '../stores/report';

/** Says what a retention policy does before it is set, changed or removed. */
export function ChangeRetention(props: { readonly bucket: string; readonly onClose: () => void }) {
  const { bucket, onClose } = props;
  const settings = useBucketSettings((state) => state.settings);
  const draft = useBucketSettings((state) => state.draft);
  const { retentionDays: days } = shownValues({ settings, draft });
  const before = settings?.retention?.periodSeconds ?? null;
  const period = typeof days === 'number' ? durationText(Math.round(days * DAY_SECONDS)) : null;
  const save = (): void => {
    onClose();
    attempt(() => saveSection('retention'));
  };
  return (
    <Stack gap="md">
      {period === null ? (
        <Text>
          Objects of {bucket} can be deleted at any age again, by whoever has the right to. Until now they are kept for{' '}
          {before === null ? 'some time' : durationText(before)}.
        </Text>
      ) : (
        <>
          <Text>
            Nobody, whatever rights they have, can delete or replace an object of {bucket} that is younger than{' '}
            <b>{period}</b>. That holds for what is in it already, for lifecycle rules, and for deleting the bucket.
          </Text>
          <Text c="dimmed" size="sm">
            It can be changed or removed again until it is locked.
            {before !== null && settings?.retention?.isLocked === true && ' This one is locked: it can only grow.'}
          </Text>
        </>
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button data-autofocus onClick={save}>
          {period === null ? 'Remove the policy' : `Keep objects for ${period}`}
        </Button>
      </Group>
    </Stack>
  );
}
