import { z } from 'zod';
import type { ArchiveRow, ObjectRow } from '../../shared/model/archive';
import { topicName } from '../../shared/model/settings';
import { describeObject, withKeys } from '../engine/restore/list';
import { listAll } from '../engine/restore/list-all';
import { openStore } from '../engine/store/open-store';
import type { ObjectStore } from '../engine/store/port';
import { parseFlags, timeFlag, untilAskedToEnd, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';
import { KEY_FLAGS, KEY_HELP, keyFlagsShape, readIdentities } from './key-flags';
import { createOutput, type Output } from './output';
import { PLACE_FLAGS, PLACE_HELP, placeFlagsShape, storePlace } from './place-flags';
import { flagsOfSettings } from './settings-flags';
import { textTable } from './text-table';
import { bytesText } from './texts';

const SORTS = ['name', 'time', 'records', 'size', 'created'] as const;

const FLAGS = {
  ...PLACE_FLAGS,
  ...KEY_FLAGS,
  settings: { type: 'string' },
  topic: { type: 'string', multiple: true },
  partition: { type: 'string', multiple: true },
  time: { type: 'string' },
  'until-time': { type: 'string' },
  fingerprint: { type: 'string' },
  sort: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  ...placeFlagsShape,
  ...keyFlagsShape,
  topic: z.array(topicName).optional(),
  partition: z.array(wholeNumber(0, 1e6)).optional(),
  time: timeFlag.optional(),
  'until-time': timeFlag.optional(),
  fingerprint: z.string().min(1).optional(),
  sort: z.enum(SORTS).default('name'),
  all: z.boolean().default(false),
});

type ListFlags = z.infer<typeof schema>;
type Listed = ObjectRow & { readonly archive: ArchiveRow };

export const listCommand: Command = {
  name: 'list',
  summary: 'Lists archives by what their metadata say; nothing is downloaded',
  help: `permafrost list (--bucket NAME | --folder DIR) [--topic NAME]

${PLACE_HELP}
  --topic NAME          repeatable; all
  --partition N         repeatable; all
  --time TIME           with records as new as that, such as 2022-12-20 or 2022-12-20T08:00:00Z
  --until-time TIME     with records before that
  --fingerprint TEXT    that a key opens whose fingerprint has this text
  --sort BY             name, time (of the first record), records, size or created; name
  --all                 also what is no archive: snapshots, archives whose metadata do not hold, anything else
${KEY_HELP}; tells which archives it opens
  --settings FILE       what no flag says
  --json                one object a line

Exit codes: 0 done; 1 failed; 2 called wrongly.`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings });
    const output = createOutput(isJson);
    const store = await openStore(storePlace(flags, environment));
    const own = new Set((await readIdentities(flags)).map(({ fingerprint }) => fingerprint));
    const archives: Listed[] = [];
    const others: ObjectRow[] = [];
    for await (const row of rowsOf(store, flags.prefix, own, untilAskedToEnd())) {
      const { archive } = row;
      if (archive === null) others.push(row);
      else if (isWanted(archive, flags)) archives.push({ ...row, archive });
    }
    if (flags.sort !== 'name') archives.sort(ORDERS[flags.sort]);
    tell(output, isJson, archives, flags.all ? others : []);
    return 0;
  },
};

async function* rowsOf(
  store: ObjectStore,
  prefix: string,
  own: ReadonlySet<string>,
  asked: AbortSignal,
): AsyncGenerator<ObjectRow, void, undefined> {
  for await (const objects of listAll(store, undefined, prefix === '' ? '' : `${prefix}/`)) {
    for (const object of objects) yield withKeys(describeObject(object), own);
    if (asked.aborted) return;
  }
}

function isWanted(archive: ArchiveRow, flags: ListFlags): boolean {
  const { topic, partition, fingerprint, time, 'until-time': untilTime } = flags;
  const { firstTimestamp, lastTimestamp, recipients } = archive;
  const isTimed = time !== undefined || untilTime !== undefined;
  return (
    topic?.includes(archive.topic) !== false &&
    partition?.includes(archive.partition) !== false &&
    (fingerprint === undefined || recipients.some((each) => each.includes(fingerprint))) &&
    (!isTimed || firstTimestamp !== null) &&
    (time === undefined || BigInt(lastTimestamp ?? 0) >= time) &&
    (untilTime === undefined || BigInt(firstTimestamp ?? 0) < untilTime)
  );
}

const ORDERS: Readonly<Record<Exclude<ListFlags['sort'], 'name'>, (a: Listed, b: Listed) => number>> = {
  time: (a, b) => Number(a.archive.firstTimestamp ?? -1) - Number(b.archive.firstTimestamp ?? -1),
  records: (a, b) => a.archive.records - b.archive.records,
  size: (a, b) => a.storedBytes - b.storedBytes,
  created: (a, b) => a.createdAt - b.createdAt,
};

function tell(output: Output, isJson: boolean, archives: readonly Listed[], others: readonly ObjectRow[]): void {
  const records = archives.reduce((sum, { archive }) => sum + archive.records, 0);
  const storedBytes = archives.reduce((sum, row) => sum + row.storedBytes, 0);
  if (isJson) {
    for (const row of archives) output.event('archive', { ...row }, '');
    for (const row of others) output.event('object', { ...row }, '');
  } else {
    if (archives.length > 0) output.event('archives', {}, archiveTable(archives));
    for (const { name, problem, snapshot } of others) {
      const what = problem ?? (snapshot === null ? 'no archive' : `snapshot of ${snapshot.topics} topics`);
      output.event('object', {}, `${name}: ${what}`);
    }
  }
  output.event(
    'listed',
    { archives: archives.length, records, storedBytes, others: others.length },
    `${archives.length.toLocaleString('en')} archives, ${records.toLocaleString('en')} records, ${bytesText(storedBytes)}`,
  );
}

function archiveTable(rows: readonly Listed[]): string {
  return textTable(
    [
      'topic',
      'part',
      '>offsets',
      '>records',
      'first record',
      'last record',
      '>stored',
      '>ratio',
      'codec',
      'keys',
      'class',
      'created',
    ],
    rows.map(({ archive, storedBytes, storageClass, createdAt }) => [
      archive.topic,
      String(archive.partition),
      `${archive.firstOffset}-${BigInt(archive.nextOffset) - 1n}`,
      archive.gap ?? archive.records.toLocaleString('en'),
      timeText(archive.firstTimestamp),
      timeText(archive.lastTimestamp),
      bytesText(storedBytes),
      archive.rawBytes === 0 ? '-' : (archive.rawBytes / storedBytes).toFixed(1),
      archive.codec + (archive.reduction === null ? '' : ', reduced'),
      archive.recipients.length === 0 ? 'none' : `${archive.recipients.length}${archive.opens ? ', opens' : ''}`,
      storageClass,
      timeText(createdAt),
    ]),
  );
}

function timeText(ms: string | number | null): string {
  const date = new Date(Number(ms ?? Number.NaN));
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString().replace(/\.\d+Z$/, 'Z');
}
