import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { asPermafrostError, messageOf, toPlainError } from '../../shared/errors';
import { topicName } from '../../shared/model/settings';
import type { LostRange } from '../engine/restore/recover/recovery';
import {
  recoverFile,
  recoverObject,
  type RecoverOptions,
  type SavedRecovery,
} from '../engine/restore/recover/recover-archive';
import { selectObjects } from '../engine/restore/download/select-objects';
import { isFile } from '../engine/restore/search/open-file';
import { openStore } from '../engine/store/open-store';
import type { ObjectStore } from '../engine/store/port';
import { failure, parseFlags, untilAskedToEnd, UsageError, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';
import { KEY_FLAGS, KEY_HELP, keyFlagsShape, readIdentities } from './key-flags';
import { createOutput, type Output } from './output';
import { PLACE_FLAGS, PLACE_HELP, placeFlagsShape, storePlace } from './place-flags';
import { showProgress } from './progress';
import { flagsOfSettings, SETTINGS_HELP } from './settings-flags';
import { plainFields } from './texts';
import { version } from './version';

const FLAGS = {
  ...PLACE_FLAGS,
  ...KEY_FLAGS,
  topic: { type: 'string', multiple: true },
  partition: { type: 'string', multiple: true },
  to: { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  ...placeFlagsShape,
  ...keyFlagsShape,
  archive: z.array(z.string().min(1)).default([]),
  topic: z.array(topicName).default([]),
  partition: z.array(wholeNumber(0, 1e6)).default([]),
  to: z.string().min(1),
});

type RecoverFlags = z.infer<typeof schema>;

const SOME_LOST = 3;

export const recoverCommand: Command = {
  name: 'recover',
  summary: 'Saves what damaged archives still hold, and names the offsets that are lost',
  help: `permafrost recover (NAME... | --topic NAME [--partition N]) (--bucket NAME | --folder DIR) --to DIR
permafrost recover FILE... --to DIR

Reads archives block by block. Whole ones are told and nothing is saved of them; of a damaged one all blocks that hold for
themselves go into TOPIC-PARTITION-OFFSET.partial.jsonl, as JSON lines, and TOPIC-PARTITION-OFFSET.partial.json beside it
tells which offsets were recovered and which are lost. Nothing changes in the bucket.

  NAME...               objects by their names in the bucket, or files on the disk
  --topic NAME          all archives of a topic, of all its lives; repeatable
  --partition N         of these partitions alone; repeatable
  --to DIR              made if it is not there; what is in it is never overwritten
${PLACE_HELP}
${KEY_HELP}
  --settings FILE       what no flag says; its topic counts only where no NAME is given
  --json                events as JSON lines

Exit codes: 0 all archives are whole; 1 failed or cancelled; 2 called wrongly; 3 some were damaged, or could not be read.

${SETTINGS_HELP}`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings, positionals: 'archive' });
    if (flags.archive.length === 0 && flags.topic.length === 0) {
      throw new UsageError('names, files or --topic are needed: what to recover');
    }
    if (flags.archive.length > 0 && flags.partition.length > 0) throw new UsageError('--partition belongs to --topic');
    const identities = await readIdentities(flags);
    const folder = path.resolve(flags.to);
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
      throw failure(`--to ${flags.to} cannot be made (${messageOf(cause)}).`);
    });
    const output = createOutput(isJson);
    const signal = untilAskedToEnd();
    const progress = showProgress({ output, isJson, unit: 'bytes' });
    let done = 0;
    const options: RecoverOptions = {
      ...{ folder, identities, signal, version: version() },
      onBytes: (bytes) => progress.update({ done: (done += bytes), total: null }),
    };
    let isAllWhole = true;
    for await (const work of worksOf(flags, environment, { output, signal, onMissing: () => (isAllWhole = false) })) {
      try {
        const saved = await work(options);
        progress.end();
        tell(output, saved);
        if (saved.state !== 'whole') isAllWhole = false;
      } catch (thrown) {
        const error = asPermafrostError(thrown);
        if (!OF_ONE_ARCHIVE.has(error.code)) throw error;
        progress.end();
        output.event('not-recovered', { ...toPlainError(error) }, `Nothing recovered: ${error.message}`);
        isAllWhole = false;
      }
    }
    return isAllWhole ? 0 : SOME_LOST;
  },
};

/** What is wrong with one archive, and says nothing about the next. */
const OF_ONE_ARCHIVE: ReadonlySet<string> = new Set([
  'STORE_NOT_FOUND',
  'STORE_REFUSED',
  'KEY_MISSING',
  'KEY_WRONG',
  'ARCHIVE_DAMAGED',
  'ARCHIVE_UNKNOWN_VERSION',
  'ARCHIVE_LIMIT',
  'NOT_AN_ARCHIVE',
]);

type Work = (options: RecoverOptions) => Promise<SavedRecovery>;

/** One for each archive that the flags mean. */
async function* worksOf(
  flags: RecoverFlags,
  environment: NodeJS.ProcessEnv,
  {
    output,
    signal,
    onMissing,
  }: { readonly output: Output; readonly signal: AbortSignal; readonly onMissing: () => void },
): AsyncGenerator<Work, void, undefined> {
  const names: string[] = [];
  for (const name of flags.archive) {
    if (await isFile(name)) yield (options) => recoverFile(name, options);
    else names.push(name);
  }
  if (names.length === 0 && flags.archive.length > 0) return;
  const store: ObjectStore = await openStore(storePlace(flags, environment));
  const { prefix, topic, partition } = flags;
  const selection =
    names.length > 0
      ? ({ kind: 'names', names } as const)
      : ({ kind: 'topics', prefix, topics: topic, partitions: partition.length === 0 ? null : partition } as const);
  const onFailure = (error: Error): void => {
    onMissing();
    output.event('not-recovered', { ...toPlainError(error) }, `Nothing recovered: ${error.message}`);
  };
  for (const object of await selectObjects(store, selection, { signal, onFailure })) {
    yield (options) => recoverObject(store, object, options);
  }
}

function tell(output: Output, saved: SavedRecovery): void {
  const { from, state, records, lostRecords, lost, isProven, file, report } = saved;
  const count = records.toLocaleString('en');
  const unproven = isProven ? '' : ' Without compression and encryption nothing proves that no record was changed.';
  const texts: Readonly<Record<SavedRecovery['state'], string>> = {
    whole: `whole: all its ${count} records hold.${unproven}`,
    complete: `damaged, and all its ${count} records are there: ${file}.${unproven}`,
    partial: `${count} records recovered, ${lostRecords === null ? 'it is not known how many' : lostRecords.toLocaleString('en')} are lost: ${lost.map(lostText).join('; ')}. ${file}; what is lost is in ${report}.${unproven}`,
    nothing: `nothing of it holds. What is lost is in ${report}.`,
  };
  output.event('recovered', plainFields(saved), `${from}: ${texts[state]}`);
}

function lostText({ firstOffset, nextOffset }: LostRange): string {
  const from = firstOffset === null ? 'the beginning' : `offset ${firstOffset}`;
  return nextOffset === null ? `from ${from} to the end` : `from ${from} to ${nextOffset - 1n}`;
}
