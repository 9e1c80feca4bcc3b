import { Button, Divider, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useState } from 'react';
import { asPermafrostError } from '../../shared/errors';
import type { KeyView } from '../../shared/model/key';
import { shortFingerprint } from '../format/format';
import { request } from '../ipc/client';
import { say } from '../stores/report';

/** From a file or by paste. An RSA private key as PEM. */
export function ImportKey(props: { readonly onClose: () => void }) {
  const [pem, setPem] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const run = async (action: () => Promise<KeyView | null>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const key = await action();
      if (key !== null) {
        say(`Key ${shortFingerprint(key.fingerprint)} is here now`);
        props.onClose();
      }
    } catch (thrown) {
      setProblem(asPermafrostError(thrown).message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Stack gap="md">
      <Text>
        An RSA private key as PEM, as Permafrost exports it or openssl makes it. It opens what was encrypted to it.
      </Text>
      <Button
        variant="default"
        leftSection={<IconFolderOpen size={17} />}
        disabled={isBusy}
        onClick={() => void run(() => request('key.importFile'))}
      >
        Choose a PEM file
      </Button>
      <Divider label="or paste it" />
      <Textarea
        aria-label="Private key as PEM"
        placeholder="-----BEGIN PRIVATE KEY-----"
        rows={7}
        value={pem}
        error={problem}
        spellCheck={false}
        autoComplete="off"
        styles={{ input: { fontFamily: 'var(--pf-mono)', fontSize: 12 } }}
        onChange={(event) => setPem(event.currentTarget.value)}
      />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={props.onClose}>
          Cancel
        </Button>
        <Button
          disabled={pem.trim() === ''}
          loading={isBusy}
          onClick={() => void run(() => request('key.importPem', { pem }))}
        >
          Import key
        </Button>
      </Group>
    </Stack>
  );
}
