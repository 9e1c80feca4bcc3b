import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { closeDialog, type Dialog } from '../stores/frame';
import { useFrame } from '../stores/hooks';
import { ChangeRetention } from './change-retention';
import { CreateBucket } from './create-bucket';
import { DeleteArchives } from './delete-archives';
import { DeleteBucket } from './delete-bucket';
import { DeleteByRules } from './delete-by-rules';
import { ForgetKey } from './forget-key';
import { ImportKey } from './import-key';
import { LockRetention } from './lock-retention';
import { RemoveConnection } from './remove-connection';

const TITLES: Readonly<Record<Dialog['kind'], string>> = {
  'create-bucket': 'Create a bucket',
  'delete-bucket': 'Delete the bucket',
  'change-retention': 'Retention',
  'lock-retention': 'Lock the retention policy',
  'delete-by-rules': 'Rules that delete',
  'delete-archives': 'Delete from the bucket',
  'import-key': 'Import a private key',
  'remove-connection': 'Remove the connection',
  'forget-key': 'Forget the key',
};

/** The one dialog that may be open, from wherever it was asked for. */
export function Dialogs() {
  const dialog = useFrame((state) => state.dialog);
  return (
    <Modal
      opened={dialog !== null}
      onClose={closeDialog}
      title={dialog === null ? '' : TITLES[dialog.kind]}
      size={500}
      closeButtonProps={{ 'aria-label': 'Close' }}
      styles={{ title: { fontSize: 17, fontWeight: 650 } }}
    >
      {dialog !== null && contentOf(dialog)}
    </Modal>
  );
}

function contentOf(dialog: Dialog): ReactNode {
  switch (dialog.kind) {
    case 'create-bucket':
      return <CreateBucket onClose={closeDialog} />;
    case 'delete-bucket':
      return <DeleteBucket bucket={dialog.bucket} onClose={closeDialog} />;
    case 'change-retention':
      return <ChangeRetention bucket={dialog.bucket} onClose={closeDialog} />;
    case 'lock-retention':
      return <LockRetention bucket={dialog.bucket} onClose={closeDialog} />;
    case 'delete-by-rules':
      return <DeleteByRules bucket={dialog.bucket} rules={dialog.rules} then={dialog.then} onClose={closeDialog} />;
    case 'delete-archives':
      return <DeleteArchives bucket={dialog.bucket} choice={dialog.choice} onClose={closeDialog} />;
    case 'import-key':
      return <ImportKey onClose={closeDialog} />;
    case 'remove-connection':
      return <RemoveConnection id={dialog.id} name={dialog.name} onClose={closeDialog} />;
    case 'forget-key':
      return <ForgetKey fingerprint={dialog.fingerprint} onClose={closeDialog} />;
  }
}
