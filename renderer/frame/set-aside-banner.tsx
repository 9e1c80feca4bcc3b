import { Button } from '@mantine/core';
import { Banner } from '../components/banner';
import { CopyIcon } from '../components/copy';
import { useSettings } from '../stores/hooks';
import { dismissSetAside } from '../stores/settings';

/** A file of the app was damaged at start: says what, why, and where it is now. */
export function SetAsideBanner() {
  const files = useSettings(({ info, isSetAsideSeen }) => (isSetAsideSeen ? null : info?.setAside)) ?? [];
  if (files.length === 0) return null;
  return (
    <Banner
      tone="warn"
      title="Permafrost began without a file that is damaged."
      actions={
        <Button variant="default" size="xs" onClick={dismissSetAside}>
          Dismiss
        </Button>
      }
    >
      {files.map(({ file, movedTo, why }) => (
        <div key={file}>
          {file} cannot be read: {why}. It was moved to <span className="mono">{movedTo}</span>{' '}
          <CopyIcon value={movedTo} label="Copy where it is" />, and what was in it is as at a first start until you put
          a mended copy back.
        </div>
      ))}
    </Banner>
  );
}
