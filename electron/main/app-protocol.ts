/** Serves the page from app://permafrost/, with a strict content security policy and a fresh style nonce per page. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { protocol } from 'electron';

export const APP_ORIGIN = 'app://permafrost';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/** Before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** @param folder the built renderer */
export function serveApp(folder: string): void {
  protocol.handle('app', async (request) => {
    const { host, pathname } = new URL(request.url);
    const file = path.join(folder, decodeURIComponent(pathname));
    const type = TYPES[path.extname(file)];
    if (host !== 'permafrost' || !file.startsWith(folder + path.sep) || type === undefined) return notFound();
    return pathname.endsWith('.html') ? page(await readFile(file, 'utf8')) : asset(file, type);
  });
}

function page(html: string): Response {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // React and uPlot place elements with style attributes through the DOM, which needs no permission
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return new Response(html.replaceAll('__CSP_NONCE__', nonce), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
    },
  });
}

async function asset(file: string, type: string): Promise<Response> {
  try {
    return new Response(new Uint8Array(await readFile(file)), {
      headers: { 'content-type': type, 'x-content-type-options': 'nosniff' },
    });
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return notFound();
    throw thrown;
  }
}

function notFound(): Response {
  return new Response('There is no such file', { status: 404 });
}
