import { SegmentedControl, Skeleton, Tabs } from '@mantine/core';
import type { Settings } from '../../../shared/model/settings';
import { Banner } from '../../components/banner';
import { Card } from '../../components/card';
import { CopyIcon } from '../../components/copy';
import { ScreenPage } from '../../frame/screen-page';
import { useLive, useSettings } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import { attempt } from '../../stores/report';
import { saveSettings } from '../../stores/settings';
import { ArchivePage } from './archive-page';
import { SandboxSection } from './sandbox-section';
import classes from './settings-screen.module.css';

const PAGES = [
  { value: 'archive', label: 'Archive' },
  { value: 'sandbox', label: 'Sandbox' },
  { value: 'app', label: 'Appearance and about' },
];

export function SettingsScreen() {
  const settings = useSettings((state) => state.settings);
  const isOn = useLive(({ archiver }) => isArchiving(archiver.state)) ?? false;
  return (
    <ScreenPage
      title="Settings"
      sentence="kept on this computer"
      scrolls
      banners={
        isOn && (
          <Banner tone="info" title="Archiving is running.">
            What is saved here applies at its next start.
          </Banner>
        )
      }
    >
      {settings === null ? <Skeleton height={320} radius={10} /> : <Pages settings={settings} />}
    </ScreenPage>
  );
}

/** All stay where they are while another one is shown: what was typed is not lost. */
function Pages(props: { readonly settings: Settings }) {
  const { settings } = props;
  return (
    <Tabs defaultValue="archive" keepMounted>
      <Tabs.List mb={14}>
        {PAGES.map(({ value, label }) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="archive">
        <ArchivePage saved={settings} />
      </Tabs.Panel>
      <Tabs.Panel value="sandbox">
        <SandboxSection saved={settings} />
      </Tabs.Panel>
      <Tabs.Panel value="app">
        <div className={classes.column}>
          <Appearance theme={settings.theme} />
          <About />
        </div>
      </Tabs.Panel>
    </Tabs>
  );
}

function Appearance(props: { readonly theme: Settings['theme'] }) {
  return (
    <Card title="Appearance" className={classes.section}>
      <div className={classes.fields}>
        <SegmentedControl
          aria-label="Theme"
          data={[
            { value: 'system', label: 'As the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
          value={props.theme}
          onChange={(theme) => attempt(() => saveSettings({ theme: theme }))}
        />
      </div>
    </Card>
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
