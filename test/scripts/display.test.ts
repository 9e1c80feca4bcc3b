import { existsSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { authorityEntry, openDisplay } from '../../scripts/electron/display.mjs';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('the authority entry is for any display, by a cookie', () => {
  const cookie = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

  const entry = authorityEntry(cookie);

  const name = Buffer.from('MIT-MAGIC-COOKIE-1').toString('hex');
  expect(entry.toString('hex')).toBe(['ffff', '0000', '0000', '0012', name, '0010', cookie.toString('hex')].join(''));
});

test.runIf(process.platform === 'linux')('a virtual display opens and leaves nothing behind', async () => {
  vi.stubEnv('DISPLAY', '');
  vi.stubEnv('WAYLAND_DISPLAY', '');
  const display = await openDisplay();
  const { DISPLAY = '', XAUTHORITY = '' } = display.env;
  const socket = `/tmp/.X11-unix/X${DISPLAY.slice(1)}`;
  expect([display.isVirtual, existsSync(socket), existsSync(XAUTHORITY)]).toEqual([true, true, true]);

  display.close();

  await vi.waitFor(() => expect([existsSync(socket), existsSync(XAUTHORITY)]).toEqual([false, false]), 10_000);
});
