import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { migrate, newestVersion, type Migration } from '../../shared/model/file-versions';
import { settingsSchema, type Settings } from '../../shared/model/settings';
import { SETTINGS_MIGRATIONS, SETTINGS_VERSION } from '../../shared/model/settings-migrations';

/** All fields, none of them at its default. */
const CHOSEN: Settings = {
  theme: 'dark',
  topic: 'buses',
  topics: { names: ['trams'], patterns: ['ferry-.*'] },
  partitions: 6,
  pipelineGroup: 'billing',
  archiverGroup: 'cold',
  bucket: 'bus-archive',
  prefix: 'city/north',
  codec: 'gzip',
  level: 9,
  encrypt: false,
  start: '2026-01-31T12:00:00Z',
  storageClass: 'COLDLINE',
  reduction: {
    filterKeys: ['30*'],
    filter: ['speed > 0'],
    dropDuplicates: true,
    oneIn: 10,
    atMostEveryMs: 5_000,
    keepFields: ['position.lat', 'items[*].id'],
    dropFields: [],
  },
  prices: { 'europe-west1/NEARLINE/storage': { usd: 0.011, readOn: '2026-11-28' } },
  maxSegmentBytes: 8_000_000,
  maxSegmentRecords: 50_000,
  maxSegmentAgeMs: 60_000,
  sandboxKafkaPort: 0,
  sandboxBucketPort: 14_444,
};

/** A file of each version, as the Permafrost of that time wrote it, and what it is today. */
const FILES: readonly { readonly version: number; readonly becomes: Settings }[] = [
  { version: 1, becomes: { ...CHOSEN, topics: { names: [], patterns: [] }, prices: {} } },
  { version: 2, becomes: CHOSEN },
];

function fileOf(version: number): unknown {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, `../vectors/settings/v${version}.json`), 'utf8'));
}

test.each(FILES)('settings of version $version are read whole', ({ version, becomes }) => {
  const migrated = migrate(fileOf(version), SETTINGS_MIGRATIONS);

  expect(migrated).toMatchObject({ kind: 'known', version });
  expect(migrated.kind === 'known' && settingsSchema.parse(migrated.fields)).toEqual(becomes);
});

test('there is a file of every version', () => {
  expect(FILES.map(({ version }) => version)).toEqual(Array.from({ length: SETTINGS_VERSION }, (_, at) => at + 1));
});

test('a file with one field is brought up to date like a whole one', () => {
  expect(migrate({ topic: 'buses' }, SETTINGS_MIGRATIONS)).toEqual({
    kind: 'known',
    version: 1,
    fields: { topic: 'buses' },
  });
});

/** Each tells that it was there. */
const STEPS: readonly Migration[] = [2, 3, 4].map((to) => (fields) => ({
  ...fields,
  way: [...((fields['way'] as number[] | undefined) ?? []), to],
}));

test.each([
  [undefined, [2, 3, 4]],
  [1, [2, 3, 4]],
  [2, [3, 4]],
  [3, [4]],
  [4, undefined],
])('from version %s the steps are %j, in their order', (version, way) => {
  const { kind, fields } = migrate({ version, topic: 'buses' }, STEPS) as { kind: string; fields: object };

  expect({ kind, fields }).toEqual({
    kind: 'known',
    fields: { topic: 'buses', ...(way === undefined ? {} : { way }) },
  });
});

test('a version that this Permafrost does not know is told, and no step is taken', () => {
  expect(newestVersion(STEPS)).toBe(4);
  expect(migrate({ version: 5 }, STEPS)).toEqual({ kind: 'newer', version: 5 });
});

test.each([null, [], 'text', 3, { version: 0 }, { version: 1.5 }, { version: '2' }, { version: null }])(
  '%j has no version',
  (content) => {
    expect(() => migrate(content, STEPS)).toThrow(z.ZodError);
  },
);
