import { Button, Skeleton } from '@mantine/core';
import { IconFileImport, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { Banner } from '../../components/banner';
import { counted, shortFingerprint } from '../../format/format';
import { ScreenPage } from '../../frame/screen-page';
import { request } from '../../ipc/client';
import { openDialog } from '../../stores/frame';
import { useKeys, useSettings } from '../../stores/hooks';
import { currentKey } from '../../stores/keys';
import { reportFailure, say } from '../../stores/report';
import { KeyCard } from './key-card';
import classes from './keys-screen.module.css';

export function KeysScreen() {
  const keys = useKeys((state) => state.keys);
  const current = useKeys(currentKey);
  const sentence =
    keys === null || current === null
      ? ''
      : `${counted(keys.length, 'key')}, new archives open with ${shortFingerprint(current.fingerprint)}`;
  return (
    <ScreenPage title="Keys" sentence={sentence} scrolls className={classes.screen} banners={<StorageBanner />}>
      <div className={classes.intro}>
        <p>
          Archives are encrypted to a key's public half, and only its private half opens them: if it is lost, so is all
          that was archived with it. Nobody can restore it, so export each key and keep the file somewhere else.
        </p>
        <NewKeys />
      </div>
      {keys === null ? (
        <Skeleton height={112} radius={10} />
      ) : (
        keys.map((key) => <KeyCard key={key.fingerprint} view={key} />)
      )}
    </ScreenPage>
  );
}

function StorageBanner() {
  const isObfuscated = useSettings(({ info }) => info?.secretStorage === 'obfuscated');
  const dataDir = useSettings(({ info }) => info?.dataDir);
  if (!isObfuscated) return null;
  return (
    <Banner tone="warn" title="No keyring was found on this computer.">
      The keys are only obfuscated: whoever can read <span className="mono">{dataDir}</span> can read them.
    </Banner>
  );
}

function NewKeys() {
  const [isBusy, setBusy] = useState(false);
  const generate = async (): Promise<void> => {
    setBusy(true);
    await request('key.generate').then(
      ({ fingerprint }) => say(`Key ${shortFingerprint(fingerprint)} was generated`),
      reportFailure,
    );
    setBusy(false);
  };
  return (
    <div>
      <Button
        variant="default"
        leftSection={<IconFileImport size={16} />}
        onClick={() => openDialog({ kind: 'import-key' })}
      >
        Import key
      </Button>
      <Button variant="default" leftSection={<IconPlus size={16} />} loading={isBusy} onClick={() => void generate()}>
        Generate key
      </Button>
    </div>
  );
}
