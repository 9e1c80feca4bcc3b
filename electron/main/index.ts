/** Entry of the desktop app. Nothing here awaits app.whenReady() at the top level: that would deadlock an ESM main. */
import path from 'node:path';
import type { BrowserWindow } from 'electron';
import { app, dialog, nativeTheme } from 'electron';
import { messageOf } from '../../shared/errors';
import { App } from './app';
import { APP_ORIGIN, registerAppScheme, serveApp } from './app-protocol';
import { ConnectionBook } from './connection-book';
import { requestHandlers } from './handlers';
import { bindRequests } from './ipc-binding';
import { KeyRing } from './key-ring';
import { installMenu } from './menu';
import { systemSecretBox } from './secret-box';
import { SettingsFile } from './settings-file';
import { openWindow, rememberBounds } from './window';
import { mkdir } from 'node:fs/promises';

app.setName('Permafrost');
// as root Chromium has no sandbox to offer: npm start says so
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
registerAppScheme();

let window: BrowserWindow | null = null;
let isQuitting = false;

async function run(): Promise<void> {
  const dataDir = path.join(app.getPath('userData'), 'data');
  await mkdir(dataDir, { recursive: true });
  const { settings, setAside } = await SettingsFile.open(dataDir);
  const secretBox = systemSecretBox();
  const keys = await KeyRing.open(dataDir, secretBox);
  const { book, isActiveMissing, setAside: ofBook } = await ConnectionBook.open(dataDir, secretBox);
  const permafrost = new App({
    dataDir,
    settings,
    connections: book,
    isConnectionMissing: isActiveMissing,
    keys,
    setAside: [...(setAside === null ? [] : [setAside]), ...ofBook],
    window: () => window,
  });

  nativeTheme.themeSource = settings.current.theme;
  serveApp(path.join(import.meta.dirname, '../renderer'));
  bindRequests(
    requestHandlers(permafrost),
    ({ senderFrame }) => senderFrame?.origin === APP_ORIGIN || isDevServer(senderFrame?.url),
  );
  installMenu((action) => permafrost.menu(action));

  window = await openWindow(dataDir);
  window.on('close', (event) => {
    if (isQuitting) return;
    event.preventDefault();
    void quit(permafrost);
  });
  window.on('closed', () => (window = null));
  await window.loadURL(process.env['ELECTRON_RENDERER_URL'] ?? `${APP_ORIGIN}/index.html`);
  await permafrost.start();
}

let closing: Promise<void> | null = null;

/** Closing the window drains the archiver first; closing it again asks whether to leave at once. */
async function quit(permafrost: App): Promise<void> {
  if (closing !== null) {
    const leave = await permafrost.dialogs.confirm(
      'Leave before everything that was read is uploaded?',
      'Nothing is lost: what is not in the bucket yet is read from Kafka again when you start archiving.',
      'Leave now',
    );
    if (!leave) return;
    await permafrost.archiver.abandon();
  }
  closing ??= close(permafrost);
  try {
    await closing;
  } catch (thrown) {
    dialog.showErrorBox('Permafrost did not close cleanly', messageOf(thrown));
  }
  isQuitting = true;
  app.quit();
}

async function close(permafrost: App): Promise<void> {
  if (window !== null) await rememberBounds(window, permafrost.parts.dataDir);
  await permafrost.stop();
}

function isDevServer(url: string | undefined): boolean {
  const dev = process.env['ELECTRON_RENDERER_URL'];
  return dev !== undefined && url !== undefined && new URL(url).origin === new URL(dev).origin;
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('before-quit', (event) => {
    if (isQuitting || window === null) return;
    event.preventDefault();
    window.close();
  });
  app.on('window-all-closed', () => app.quit());
  app
    .whenReady()
    .then(run)
    .catch((thrown: unknown) => {
      dialog.showErrorBox('Permafrost cannot start', messageOf(thrown));
      isQuitting = true;
      app.exit(1);
    });
} else {
  app.quit();
}
