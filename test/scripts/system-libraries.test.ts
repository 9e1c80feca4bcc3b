import { expect, test } from 'vitest';
import { notFoundIn, packagesOf } from '../../scripts/electron/system-libraries.mjs';

const LDD = `	linux-vdso.so.1 (0x00007ffd4b9f2000)
	libffmpeg.so => /cache/electron/libffmpeg.so (0x00007f0e00000000)
	libnss3.so => not found
	libnssutil3.so => not found
	libgtk-3.so.0 => not found
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0e00000000)
`;

test('only what the loader did not find is missing', () => {
  expect(notFoundIn(LDD)).toEqual(['libnss3.so', 'libnssutil3.so', 'libgtk-3.so.0']);
});

test('several libraries of one package ask for it once', () => {
  const packages = packagesOf(['libnss3.so', 'libnssutil3.so']);

  expect(packages.filter((name) => name === 'libnss3')).toEqual(['libnss3']);
});

test('where a library is missing, what Electron opens later is asked for too', () => {
  expect(packagesOf(['libgbm.so.1'])).toEqual(['libgbm1', 'libgtk-3-0', 'libxss1', 'libxtst6']);
});

test('where nothing is missing, no package is asked for', () => {
  expect(packagesOf(notFoundIn('	libc.so.6 => /lib/libc.so.6 (0x00007f0e00000000)\n'))).toEqual([]);
});
