import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '../../shared/errors';
import type { BucketEstimate, ClassEstimate, Figure } from '../../shared/model/cost';
import { estimate, NOT_COUNTED } from '../../shared/model/estimate';
import { priceList, priceOverridesSchema, type PriceOverrides } from '../../shared/model/prices';
import { classText } from '../../shared/model/storage-class';
import { usageOf, type UsedRow } from '../engine/restore/catalog/usage';
import { listAll } from '../engine/restore/list-all';
import { connectCloudStorage } from '../engine/store/cloud-storage';
import type { ObjectStore } from '../engine/store/port';
import { parseFlags, untilAskedToEnd, UsageError, type Flags } from './arguments';
import type { Command } from './command';
import { createOutput } from './output';
import { STORAGE_FLAGS, STORAGE_HELP, storageConnection, storageFlagsShape } from './place-flags';
import { flagsOfSettings } from './settings-flags';
import { textTable } from './text-table';
import { bytesText } from './texts';

const FLAGS = {
  ...STORAGE_FLAGS,
  bucket: { type: 'string' },
  location: { type: 'string' },
  prices: { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  ...storageFlagsShape,
  bucket: z.string().min(1),
  location: z.string().min(1).optional(),
  prices: z.string().min(1).optional(),
});

export const costCommand: Command = {
  name: 'cost',
  summary: 'Estimates what a bucket costs a month, by class, with the prices it takes',
  help: `permafrost cost --bucket NAME

Lists the bucket, and multiplies what is there, and what arrived in the last 30 days, with published prices, each told with its
source and its day. Nothing is downloaded.

  --bucket NAME
${STORAGE_HELP}
  --location L          as if the bucket were there; where it is
  --prices FILE         your own prices (JSON), before ours: {"europe-west1/NEARLINE/storage": {"usd": 0.009, "readOn":
                        "2026-01-31"}}; the last part is storage, classA, classB, retrieval or replication
  --settings FILE       what no flag says
  --json                all figures with their parts, in one object

Exit codes: 0 done; 1 failed; 2 called wrongly.`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings });
    const prices = priceList(flags.prices === undefined ? {} : readPrices(flags.prices));
    const storage = connectCloudStorage(storageConnection(flags, environment));
    const location = flags.location ?? (await storage.admin.settings(flags.bucket)).location;
    const usage = usageOf(await rowsOf(storage.bucket(flags.bucket)), Date.now());
    const found = estimate(usage, prices, location);
    createOutput(isJson).event('estimate', { bucket: flags.bucket, usage, ...found }, textOf(found));
    return 0;
  },
};

/** @throws UsageError */
function readPrices(file: string): PriceOverrides {
  try {
    return priceOverridesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (thrown) {
    throw new UsageError(
      `--prices ${file}: ${thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown)}`,
    );
  }
}

async function rowsOf(store: ObjectStore): Promise<readonly UsedRow[]> {
  const rows: UsedRow[] = [];
  for await (const objects of listAll(store, untilAskedToEnd())) {
    rows.push(...objects.map(({ storageClass, size, createdAt }) => ({ storageClass, storedBytes: size, createdAt })));
  }
  return rows;
}

function textOf({ location, arrivalDays, classes, ifAllIn, total }: BucketEstimate): string {
  const sum = [
    'all',
    '',
    '',
    total.storageUsd,
    total.storageInYearUsd,
    total.uploadsUsd,
    total.readAllUsd,
    total.deleteAllUsd,
  ];
  const arrival =
    arrivalDays === null
      ? 'What arrives is not known: all of it is younger than an hour.'
      : `What arrives was measured over the last ${arrivalDays < 1 ? `${(arrivalDays * 24).toFixed(1)} hours` : `${arrivalDays.toFixed(1)} days`}.`;
  return [
    `In ${location}, USD:`,
    textTable(TITLES, [
      ...classes.map(rowOf),
      [...sum.map((cell) => (typeof cell === 'string' ? cell : usdText(cell))), ''],
    ]),
    '',
    'If all of it were in one class, and all that arrives:',
    textTable(TITLES, ifAllIn.map(rowOf)),
    '',
    arrival,
    ...NOT_COUNTED,
    ...pricesOf([...classes, ...ifAllIn]),
  ].join('\n');
}

const TITLES = [
  'class',
  '>objects',
  '>stored',
  '>a month',
  '>a month in a year',
  '>arrival, a month',
  '>reading all once',
  '>deleting all now',
  '>minimum',
];

function rowOf(each: ClassEstimate): readonly string[] {
  return [
    classText(each.storageClass),
    each.objects.toLocaleString('en'),
    bytesText(each.bytes),
    usdText(each.storage.usd),
    figureText(each.storageInYear),
    figureText(each.uploads),
    figureText(each.readAll),
    figureText(each.deleteAll),
    each.minimumDays === 0 ? '-' : `${each.minimumDays} days`,
  ];
}

/** "-" for what was not estimated. */
function figureText(figure: Figure | null): string {
  return figure === null ? '-' : usdText(figure.usd);
}

function usdText(usd: number | null): string {
  if (usd === null) return 'not known';
  if (usd > 0 && usd < 0.0001) return '<0.0001';
  return usd.toFixed(usd === 0 || usd >= 1 ? 2 : 4);
}

/** Where prices come from, a line each. */
function pricesOf(classes: readonly ClassEstimate[]): readonly string[] {
  const figures = classes.flatMap((each) => [
    each.storage,
    each.storageInYear,
    each.uploads,
    each.readAll,
    each.deleteAll,
  ]);
  const used = figures.flatMap((figure) => figure?.parts ?? []).flatMap(({ price }) => (price === null ? [] : [price]));
  const lines = used.map(
    ({ source, readOn }) => `Prices: ${source ?? 'your own'}, ${readOn === null ? 'not verified' : `of ${readOn}`}`,
  );
  return [...new Set(lines)];
}
