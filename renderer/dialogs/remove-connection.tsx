import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { asPermafrostError } from '../../shared/errors';
import { removeConnection } from '../stores/connection-actions';
import { say } from '../stores/report';

export function RemoveConnection(props: { readonly id: string; readonly name: string; readonly onClose: () => void }) {
  const { id, name, onClose } = props;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const remove = async (): Promise<void> => {
    setBusy(true);
    try {
      await removeConnection(id);
      say(`Connection ${name} removed`);
      onClose();
    } catch (thrown) {
      setProblem(asPermafrostError(thrown).message);
      setBusy(false);
    }
  };
  return (
    <Stack gap="md">
      <Text>
        Removes the connection{' '}
        <Text span inherit fw={650}>
          {name}
        </Text>{' '}
        from this computer: its addresses, its choices, and the secrets that are kept for it.
      </Text>
      <Text c="dimmed">
        Everything that was archived stays where it is, and so do Kafka&apos;s topics and the committed offsets of its
        groups. With the same addresses and groups typed in again, archiving goes on where it ended.
      </Text>
      {problem !== null && (
        <Text c="red" role="alert">
          {problem}
        </Text>
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" data-autofocus onClick={onClose}>
          Cancel
        </Button>
        <Button color="red" loading={isBusy} onClick={() => void remove()}>
          Remove connection
        </Button>
      </Group>
    </Stack>
  );
}
