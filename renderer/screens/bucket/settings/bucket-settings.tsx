import { Button, Tabs } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect } from 'react';
import {
  closeBucketSettings,
  isDirty,
  loadBucketSettings,
  SETTINGS_TABS,
  showSettingsTab,
  type SettingsTab,
} from '../../../stores/bucket-settings';
import { useBucketSettings } from '../../../stores/hooks';
import classes from './bucket-settings.module.css';
import { CostTab } from './cost-tab';
import { LifecycleTab } from './lifecycle-tab';
import { SETTINGS_BUTTON_ID } from './settings-button-id';
import { SettingsTabPage } from './settings-tab';

const TAB_NAMES: Readonly<Record<SettingsTab, string>> = {
  settings: 'Settings',
  lifecycle: 'Lifecycle',
  cost: 'Cost',
};

/** How a bucket is set up, what its rules do, and what it costs; in place of its list. */
export function BucketSettingsPage(props: { readonly bucket: string }) {
  const { bucket } = props;
  const tab = useBucketSettings((state) => state.tab);
  useEffect(() => void loadBucketSettings(bucket), [bucket]);
  useBackOnEscape();
  useFocusReturn();
  return (
    <Tabs
      className={classes.page}
      value={tab}
      keepMounted={false}
      onChange={(chosen) => showSettingsTab(SETTINGS_TABS.find((each) => each === chosen) ?? 'settings')}
    >
      <div className={classes.head}>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconArrowLeft size={16} />}
          title="Back to the archives (Esc)"
          onClick={closeBucketSettings}
        >
          Back
        </Button>
        <h2 className={classes.title}>Settings of {bucket}</h2>
        <Tabs.List aria-label={`Settings of ${bucket}`} className={classes.tabs}>
          {SETTINGS_TABS.map((each) => (
            <Tabs.Tab key={each} value={each} autoFocus={each === tab}>
              {TAB_NAMES[each]}
              <UnsavedMark tab={each} />
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </div>
      <Tabs.Panel value="settings" className={classes.panel}>
        <SettingsTabPage bucket={bucket} />
      </Tabs.Panel>
      <Tabs.Panel value="lifecycle" className={classes.panel}>
        <LifecycleTab bucket={bucket} />
      </Tabs.Panel>
      <Tabs.Panel value="cost" className={classes.panel}>
        <CostTab bucket={bucket} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** What is typed stays when another tab is shown: this says where. */
function UnsavedMark(props: { readonly tab: SettingsTab }) {
  const isTyped = useBucketSettings((state) => {
    if (props.tab === 'lifecycle') return isDirty(state, 'lifecycle');
    const sections = ['newObjects', 'access', 'versions', 'retention'] as const;
    return props.tab === 'settings' && sections.some((section) => isDirty(state, section));
  });
  return isTyped ? (
    <span className={classes.unsaved} title="Not saved yet">
      {' '}
      not saved
    </span>
  ) : null;
}

/** Before anything else sees the key: what it closes itself (a list, a dialog) is still open then. */
function useBackOnEscape(): void {
  useEffect(() => {
    const back = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || !(event.target instanceof Element)) return;
      const isOpened = event.target.getAttribute('aria-expanded') === 'true';
      if (!isOpened && event.target.closest('[role="dialog"]') === null) closeBucketSettings();
    };
    window.addEventListener('keydown', back, true);
    return () => window.removeEventListener('keydown', back, true);
  }, []);
}

function useFocusReturn(): void {
  useEffect(() => () => void requestAnimationFrame(() => document.getElementById(SETTINGS_BUTTON_ID)?.focus()), []);
}
