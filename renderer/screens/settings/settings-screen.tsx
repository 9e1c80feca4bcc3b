import { SegmentedControl, Skeleton } from '@mantine/core';
import type { Settings } from '../../../shared/model/settings';
import { Banner } from '../../components/banner';
import { Card } from '../../components/card';
import { CopyIcon } from '../../components/copy';
import { ScreenPage } from '../../frame/screen-page';
import { useLive, useSettings } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import { attempt } from '../../stores/report';
import { saveSettings } from '../../stores/settings';
import { ArchiveSection } from './archive-section';
import { SandboxSection } from './sandbox-section';
import { SegmentSection } from './segment-section';
import classes from './settings-screen.module.css';

export function SettingsScreen() {
  const settings = useSettings((state) => state.settings);
  const isOn = useLive(({ archiver }) => isArchiving(archiver.state)) ?? false;
  return (
    <ScreenPage
      title="Settings"
      sentence="kept on this computer"
      scrolls
      className={classes.screen}
      banners={
        isOn && (
          <Banner tone="info" title="Archiving is running.">
            Topic, bucket, prefix, group and ports can change once it is stopped; the rest applies at its next start.
          </Banner>
        )
      }
    >
      {settings === null ? <Skeleton height={320} maw={860} radius={10} /> : <Sections settings={settings} />}
    </ScreenPage>
  );
}

function Sections(props: { readonly settings: Settings }) {
  const { settings } = props;
  return (
    <>
      <ArchiveSection saved={settings} />
      <SegmentSection saved={settings} />
      <SandboxSection saved={settings} />
      <Card title="Appearance" className={classes.section}>
        <div className={classes.fields}>
          <SegmentedControl
            aria-label="Theme"
            data={[
              { value: 'system', label: 'As the system' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
            value={settings.theme}
            onChange={(theme) => attempt(() => saveSettings({ theme: theme }))}
          />
        </div>
      </Card>
      <About />
    </>
  );
}

function About() {
  const info = useSettings((state) => state.info);
  if (info === null) return null;
  return (
    <Card title="About" className={classes.section}>
      <dl className={classes.about}>
        <dt>Permafrost</dt>
        <dd className="figure">
          {info.version}, on Electron {info.electron}
        </dd>
        <dt>Data folder</dt>
        <dd>
          <span className="mono">{info.dataDir}</span> <CopyIcon value={info.dataDir} label="Copy the data folder" />
        </dd>
        <dt>Keys are kept</dt>
        <dd>
          {info.secretStorage === 'keyring' ? "in the system's keyring" : 'obfuscated only: no keyring was found'}
        </dd>
      </dl>
    </Card>
  );
}
