import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UsageError } from '../../electron/cli/arguments';
import { flagsOfSettings } from '../../electron/cli/settings-flags';

async function written(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-flags-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'settings.json');
  await writeFile(file, text);
  return file;
}

test.each([
  { version: 1, topic: ['buses'], patterns: undefined },
  { version: 2, topic: ['buses', 'trams'], patterns: ['ferry-.*'] },
])("the app's settings of version $version are taken as flags", ({ version, topic, patterns }) => {
  const flags = flagsOfSettings(path.join(import.meta.dirname, `../vectors/settings/v${version}.json`));

  expect(flags).toMatchObject({
    topic,
    'topic-pattern': patterns,
    group: 'cold',
    bucket: 'bus-archive',
    codec: 'gzip',
    level: '9',
    'no-encryption': true,
    'max-records': '50000',
    'storage-class': 'COLDLINE',
    'one-in': '10',
  });
  expect(Object.keys(flags)).not.toContain('version');
});

test("fields that only the command knows may stand beside the app's version", async () => {
  const file = await written('{"version":2,"brokers":["kafka-1:9092"],"topics":["a","b"]}');

  expect(flagsOfSettings(file)).toEqual({ brokers: ['kafka-1:9092'], topic: ['a', 'b'] });
});

test('settings of a newer Permafrost are refused, and stay as they are', async () => {
  const text = '{"version":7,"topik":"no field of today"}';
  const file = await written(text);

  expect(() => flagsOfSettings(file)).toThrow(UsageError);
  expect(() => flagsOfSettings(file)).toThrow(/written by a newer Permafrost: version 7 .* up to 2/);
  expect(await readFile(file, 'utf8')).toBe(text);
});

test.each(['', '{"topic":"bu', '[]', '{"topik":"buses"}', '{"version":"two"}'])(
  'damaged settings are refused, and stay as they are: %j',
  async (text) => {
    const file = await written(text);

    expect(() => flagsOfSettings(file)).toThrow(UsageError);
    expect(await readFile(file, 'utf8')).toBe(text);
  },
);
