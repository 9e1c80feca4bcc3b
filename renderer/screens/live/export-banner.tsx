import { Button } from '@mantine/core';
import { Banner } from '../../components/banner';
import { request } from '../../ipc/client';
import { useKeys, useSettings } from '../../stores/hooks';
import { currentKey } from '../../stores/keys';
import { attempt, say } from '../../stores/report';

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
        <Button size="xs" onClick={() => attempt(() => exportKey(key.fingerprint))}>
          Export key
        </Button>
      }
    >
      Without it nobody can open the archives. Export it and keep it somewhere safe.
    </Banner>
  );
}

async function exportKey(fingerprint: string): Promise<void> {
  const path = await request('key.export', { fingerprint });
  if (path !== null) say(`The key was exported to ${path}`);
}
