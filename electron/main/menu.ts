import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuAction } from '../../shared/ipc/contract';

/** The native menu; what concerns a screen is done by the page. */
export function installMenu(act: (action: MenuAction) => void): void {
  const item = (label: string, action: MenuAction, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    // the page listens to these keys itself, so that they work the same in every focus
    registerAccelerator: false,
    click: () => act(action),
  });
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' } as const] : []),
      {
        label: 'File',
        submenu: [
          item('Open archive', 'open-archive', 'CmdOrCtrl+O'),
          { type: 'separator' },
          item('Start or stop archiving', 'toggle-archiving', 'CmdOrCtrl+Shift+A'),
          { type: 'separator' },
          isMac ? { role: 'close' } : { role: 'quit' },
        ],
      },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          item('Connections', 'show-connections', 'CmdOrCtrl+0'),
          { type: 'separator' },
          item('Live', 'show-live', 'CmdOrCtrl+1'),
          item('Topics', 'show-topics', 'CmdOrCtrl+2'),
          item('Send', 'show-send', 'CmdOrCtrl+3'),
          item('Bucket', 'show-bucket', 'CmdOrCtrl+4'),
          item('Verify', 'show-verify', 'CmdOrCtrl+5'),
          item('Restore', 'show-restore', 'CmdOrCtrl+6'),
          item('Keys', 'show-keys', 'CmdOrCtrl+7'),
          item('Settings', 'show-settings', 'CmdOrCtrl+8'),
          { type: 'separator' },
          item('Command palette', 'open-palette', 'CmdOrCtrl+K'),
          { type: 'separator' },
          { role: 'resetZoom', accelerator: 'CmdOrCtrl+Shift+0' }, // Ctrl+0 is a screen's
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { role: 'togglefullscreen' },
          { role: 'toggleDevTools' },
        ],
      },
      { role: 'windowMenu' },
    ]),
  );
}
