import { List, Text } from '@mantine/core';
import { durationText } from '../../shared/model/bucket-settings';
import { TypedConfirm } from '../components/typed-confirm';
import { lockRetention } from '../stores/bucket-settings';
import { useBucketSettings } from '../stores/hooks';

export function LockRetention(props: { readonly bucket: string; readonly onClose: () => void }) {
  const { bucket, onClose } = props;
  const seconds = useBucketSettings(({ settings }) => settings?.retention?.periodSeconds ?? null);
  return (
    <TypedConfirm
      word={bucket}
      wordIs="the bucket's name"
      action="Lock for good"
      isReady={seconds !== null}
      onConfirm={(typedName) => lockRetention(bucket, typedName)}
      onClose={onClose}
    >
      <div>
        <Text>
          This locks the retention policy of {bucket}
          {seconds !== null && (
            <>
              , <b>{durationText(seconds)}</b>,
            </>
          )}{' '}
          for good. It can never be undone, by nobody, not by Google either.
        </Text>
        <List mt="sm" size="sm" spacing={4}>
          <List.Item>The period can be made longer, never shorter.</List.Item>
          <List.Item>No object can be deleted before it is that old, and each is paid for until then.</List.Item>
          <List.Item>The bucket can be deleted only when all objects in it are old enough.</List.Item>
        </List>
      </div>
    </TypedConfirm>
  );
}
