import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { asPermafrostError } from '../../shared/errors';
import type { StorageClass } from '../../shared/model/settings';
import { storageClassName } from '../format/words';
import { request } from '../ipc/client';
import { chooseBucket, loadBuckets } from '../stores/bucket';
import { say } from '../stores/report';

/** Multi-regions first. Source: cloud.google.com/storage/docs/locations */
const LOCATIONS = [
  { group: 'Multi-region', items: ['EU', 'US', 'ASIA'] },
  {
    group: 'Region',
    items: [
      'europe-west1',
      'europe-west3',
      'europe-west4',
      'europe-north1',
      'us-central1',
      'us-east1',
      'us-west1',
      'asia-northeast1',
      'asia-southeast1',
      'australia-southeast1',
    ],
  },
];

const CLASSES: readonly (readonly [StorageClass, string])[] = [
  ['STANDARD', 'read often'],
  ['NEARLINE', 'read less than once a month'],
  ['COLDLINE', 'read less than once a quarter'],
  ['ARCHIVE', 'read less than once a year'],
];

export function CreateBucket(props: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [location, setLocation] = useState('EU');
  const [storageClass, setStorageClass] = useState<StorageClass>('NEARLINE');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const create = async (): Promise<void> => {
    setBusy(true);
    try {
      const bucket = await request('bucket.create', { name, location, storageClass });
      chooseBucket(bucket.name);
      await loadBuckets(bucket.name);
      say(`Bucket ${bucket.name} was created`);
      props.onClose();
    } catch (thrown) {
      setProblem(asPermafrostError(thrown).message);
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!isBusy) void create();
  };

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          data-autofocus
          label="Name"
          description="Lower-case letters, digits, dashes and dots; unlike any other bucket's in the world"
          value={name}
          error={problem}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Location"
          data={LOCATIONS}
          value={location}
          searchable
          onChange={(value) => setLocation(value ?? location)}
        />
        <Select
          label="Storage class"
          data={CLASSES.map(([value, when]) => ({ value, label: `${storageClassName(value)}: ${when}` }))}
          value={storageClass}
          onChange={(value) => setStorageClass(value ?? storageClass)}
        />
        <Text size="xs" c="dimmed">
          Archives take the bucket's class. Colder is cheaper to keep and dearer to read.
        </Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name === ''} loading={isBusy}>
            Create bucket
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
