import { Button } from '@mantine/core';
import { IconArrowLeft, IconFileImport, IconFileX, IconKeyOff, IconRefresh } from '@tabler/icons-react';
import type { PermafrostError } from '../../../../shared/errors';
import { MessagePanel } from '../../../components/message-panel';
import { lookInside } from '../../../stores/bucket';
import { openDialog } from '../../../stores/frame';
import classes from './preview.module.css';

/** Why an archive can't be looked into, and the next step. */
export function PreviewError(props: { readonly error: PermafrostError; readonly onRetry: () => void }) {
  const { error, onRetry } = props;
  switch (error.code) {
    case 'KEY_MISSING':
    case 'KEY_WRONG':
      return (
        <MessagePanel
          icon={IconKeyOff}
          isError
          title={error.code === 'KEY_MISSING' ? 'No key here opens this archive' : 'This key does not open the archive'}
          text={error.message}
          extra={<Wanted error={error} />}
          actions={
            <>
              <Button leftSection={<IconFileImport size={16} />} onClick={() => openDialog({ kind: 'import-key' })}>
                Import a key
              </Button>
              <Back />
            </>
          }
        />
      );
    case 'ARCHIVE_DAMAGED':
    case 'ARCHIVE_UNKNOWN_VERSION':
    case 'ARCHIVE_LIMIT':
    case 'NOT_AN_ARCHIVE': {
      const advice = error.code === 'ARCHIVE_LIMIT' ? ' Download it decrypted, or print it with permafrost cat.' : '';
      return (
        <MessagePanel
          icon={IconFileX}
          isError
          title={TITLES[error.code]}
          text={error.message + advice}
          actions={<Back />}
        />
      );
    }
    default:
      return (
        <MessagePanel
          icon={IconFileX}
          isError
          title="The archive cannot be read"
          text={error.message}
          actions={
            <>
              <Button leftSection={<IconRefresh size={16} />} onClick={onRetry}>
                Try again
              </Button>
              <Back />
            </>
          }
        />
      );
  }
}

const TITLES = {
  ARCHIVE_DAMAGED: 'The archive is damaged',
  ARCHIVE_UNKNOWN_VERSION: 'The archive is of an unknown version',
  ARCHIVE_LIMIT: 'The archive is too large to look into',
  NOT_AN_ARCHIVE: 'This is not an archive',
} as const;

function Back() {
  return (
    <Button variant="default" leftSection={<IconArrowLeft size={16} />} onClick={() => lookInside(null)}>
      Back to the archives
    </Button>
  );
}

/** Fingerprints of the keys that would open it. */
function Wanted(props: { readonly error: PermafrostError }) {
  const { wanted } = props.error.context;
  const fingerprints = typeof wanted === 'string' ? [wanted] : Array.isArray(wanted) ? (wanted as string[]) : [];
  if (fingerprints.length === 0) return null;
  return (
    <div className={classes.wanted}>
      <span className="dim">It opens with</span>
      {fingerprints.map((fingerprint) => (
        <span key={fingerprint} className="mono">
          {fingerprint}
        </span>
      ))}
    </div>
  );
}
