import path from 'node:path';
import { BrowserWindow, screen, shell, type Rectangle } from 'electron';
import { z } from 'zod';
import { APP_ORIGIN } from './app-protocol';
import { readIfThere, replaceFile } from './files';

const MIN_WIDTH = 900;
const MIN_HEIGHT = 600;
const DEFAULT_SIZE = { width: 1440, height: 900 };

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
});

/** Opens the window at the size and place it had. The page is sandboxed and isolated, and can't go elsewhere. */
export async function openWindow(dataDir: string): Promise<BrowserWindow> {
  const remembered = await rememberedBounds(boundsFile(dataDir));
  const window = new BrowserWindow({
    ...DEFAULT_SIZE,
    ...(remembered ?? {}),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    title: 'Permafrost',
    webPreferences: {
      preload: path.join(import.meta.dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.on('page-title-updated', (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url);
    return { action: 'deny' };
  });
  window.webContents.on('will-navigate', (event, url) => {
    if (!url.startsWith(`${APP_ORIGIN}/`) && url !== window.webContents.getURL()) event.preventDefault();
  });
  window.webContents.session.setPermissionRequestHandler((_contents, permission, allow) =>
    allow(permission === 'clipboard-sanitized-write'),
  );
  return window;
}

/** For the next start. */
export function rememberBounds(window: BrowserWindow, dataDir: string): Promise<void> {
  return replaceFile(boundsFile(dataDir), JSON.stringify(window.getNormalBounds()));
}

function boundsFile(dataDir: string): string {
  return path.join(dataDir, 'window.json');
}

/** null when it was never moved, or lies on a screen that is gone. */
async function rememberedBounds(file: string): Promise<Rectangle | null> {
  const text = await readIfThere(file);
  if (text === null) return null;
  const parsed = boundsSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { x, y, width, height } = screen.getDisplayMatching(parsed.data).workArea;
  const bounds = parsed.data;
  const isVisible =
    bounds.x < x + width && bounds.x + bounds.width > x && bounds.y < y + height && bounds.y + bounds.height > y;
  return isVisible ? bounds : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a damaged window.json costs only the remembered place
  }
}
