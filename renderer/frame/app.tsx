import { MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { Dialogs } from '../dialogs/dialogs';
import { BucketScreen } from '../screens/bucket/bucket-screen';
import { ConnectionsScreen } from '../screens/connections/connections-screen';
import { KeysScreen } from '../screens/keys/keys-screen';
import { LiveScreen } from '../screens/live/live-screen';
import { RestoreScreen } from '../screens/restore/restore-screen';
import { SendScreen } from '../screens/send/send-screen';
import { SettingsScreen } from '../screens/settings/settings-screen';
import { TopicsScreen } from '../screens/topics/topics-screen';
import { VerifyScreen } from '../screens/verify/verify-screen';
import type { Screen } from '../stores/frame';
import { useFrame, useSettings } from '../stores/hooks';
import { cssVariablesResolver, theme } from '../theme';
import classes from './app.module.css';
import { FileDrop } from './file-drop';
import { Palette } from './palette';
import { Rail } from './rail';
import { StatusBar } from './status-bar';
import { useMenuActions, useShortcuts } from './use-shortcuts';

const SCREENS: Readonly<Record<Screen, () => React.JSX.Element>> = {
  connections: ConnectionsScreen,
  live: LiveScreen,
  topics: TopicsScreen,
  send: SendScreen,
  bucket: BucketScreen,
  verify: VerifyScreen,
  restore: RestoreScreen,
  keys: KeysScreen,
  settings: SettingsScreen,
};

/** @param props.nonce what the content security policy wants of style elements */
export function App(props: { readonly nonce: string }) {
  const chosen = useSettings(({ settings }) => settings?.theme ?? 'system');
  const ofSystem = useColorScheme();
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      forceColorScheme={chosen === 'system' ? ofSystem : chosen}
      getStyleNonce={() => props.nonce}
    >
      <Frame />
      <Palette />
      <Dialogs />
      <FileDrop />
      <Notifications position="bottom-right" limit={4} containerWidth={380} />
    </MantineProvider>
  );
}

function Frame() {
  const screen = useFrame((state) => state.screen);
  useShortcuts();
  useMenuActions();
  const ScreenShown = SCREENS[screen];
  return (
    <div className={classes.frame}>
      <Rail />
      <main className={classes.screen}>
        <ScreenShown />
      </main>
      <StatusBar className={classes.status} />
    </div>
  );
}
