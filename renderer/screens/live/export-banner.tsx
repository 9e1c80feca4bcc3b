import { Button } from '@mantine/core';
import { Banner } from '../../components/banner';
import { useKeys, useSettings } from '../../stores/hooks';
import { exportKey } from '../../stores/key-export';
import { currentKey } from '../../stores/keys';

/** Stays until the current key lies somewhere else, too. */
export function ExportBanner() {
  const key = useKeys(currentKey);
  const isEncrypting = useSettings(({ settings }) => settings?.encrypt ?? false);
  if (key === null || key.exportedAt !== null || !isEncrypting) return null;
  return (
    <Banner
      tone="warn"
      title="The key exists on this computer only."
      actions={
        <Button size="xs" onClick={() => exportKey(key.fingerprint)}>
          Export key
        </Button>
      }
    >
      Without it nobody can open the archives. Export it and keep it somewhere safe.
    </Banner>
  );
}
