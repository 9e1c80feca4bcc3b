import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { messageOf, toPlainError, type PlainError } from '../../shared/errors';
import type { ObjectRef } from '../../shared/model/archive';
import { topicName } from '../../shared/model/settings';
import { downloadObjects } from '../engine/restore/download/download-objects';
import { selectObjects } from '../engine/restore/download/select-objects';
import { openStore } from '../engine/store/open-store';
import { failure, parseFlags, untilAskedToEnd, UsageError, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';
import { KEY_FLAGS, KEY_HELP, keyFlagsShape, readIdentities } from './key-flags';
import { createOutput } from './output';
import { PLACE_FLAGS, PLACE_HELP, placeFlagsShape, storePlace } from './place-flags';
import { showProgress } from './progress';
import { flagsOfSettings, SETTINGS_HELP } from './settings-flags';

const FLAGS = {
  ...PLACE_FLAGS,
  ...KEY_FLAGS,
  topic: { type: 'string', multiple: true },
  partition: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  decoded: { type: 'boolean' },
  to: { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  ...placeFlagsShape,
  ...keyFlagsShape,
  name: z.array(z.string().min(1)).default([]),
  topic: z.array(topicName).default([]),
  partition: z.array(wholeNumber(0, 1e6)).default([]),
  all: z.boolean().default(false),
  decoded: z.boolean().default(false),
  to: z.string().min(1),
});

type DownloadFlags = z.infer<typeof schema>;

const SOME_FAILED = 3;

export const downloadCommand: Command = {
  name: 'download',
  summary: 'Brings archives into a folder, as stored or decrypted and decompressed',
  help: `permafrost download (NAME... | --topic NAME [--partition N] | --all) (--bucket NAME | --folder DIR) --to DIR

Each file is checked against the bucket's crc32c, or decrypted and decoded whole, before it gets its name:
TOPIC-PARTITION-OFFSET.jsonl[.gz|.zst][.age]. The same command again goes on: files that are there whole and equal stay,
a part file (.part) of a download as stored goes on where it stopped. Another file of the same name is never
overwritten: the new one gets a number. Whatever an object is called, its file lies in DIR itself.

  NAME...               objects by their names in the bucket
  --topic NAME          all archives of a topic, of all its lives; repeatable
  --partition N         of these partitions alone; repeatable
  --all                 everything under the prefix, snapshots too
  --decoded             decrypted and decompressed: JSON lines
  --to DIR              made if it is not there
${PLACE_HELP}
${KEY_HELP}
  --settings FILE       what no flag says; its topic counts only where neither a NAME nor --all is given
  --json                events as JSON lines

Exit codes: 0 all are there; 1 failed or cancelled; 2 called wrongly; 3 some could not be had: they are named.

${SETTINGS_HELP}`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings, positionals: 'name' });
    assertOneSelection(flags, args);
    const store = await openStore(storePlace(flags, environment));
    const identities = await readIdentities(flags);
    const folder = path.resolve(flags.to);
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
      throw failure(`--to ${flags.to} cannot be made (${messageOf(cause)}).`);
    });
    const output = createOutput(isJson);
    const signal = untilAskedToEnd();
    const failures: PlainError[] = [];
    const onFailure = (thrown: unknown): void => {
      failures.push(toPlainError(thrown));
    };
    const selection = selectionOf(flags);
    const refs: readonly ObjectRef[] = await selectObjects(store, selection, { signal, onFailure });
    const progress = showProgress({ output, isJson, unit: 'bytes' });
    const result = await downloadObjects(store, refs, {
      form: flags.decoded ? 'decoded' : 'stored',
      folder,
      identities,
      signal,
      onProgress: (done) => progress.update(done),
      onFailure,
    }).finally(() => progress.end());
    for (const error of failures) output.event('not-saved', { ...error }, `Not saved: ${error.message}`);
    const { state, files, alreadyThere, bytes } = result;
    output.event(
      'downloaded',
      { state, folder, files: files.length, alreadyThere, failed: failures.length, bytes },
      `${state === 'done' ? '' : 'Cancelled: '}${files.length} files in ${folder}, ${alreadyThere} of them were there already.`,
    );
    if (state === 'cancelled') return 1;
    return failures.length > 0 ? SOME_FAILED : 0;
  },
};

function assertOneSelection({ name, topic, partition, all }: DownloadFlags, args: readonly string[]): void {
  const asksTopic = args.some((arg) => arg === '--topic' || arg.startsWith('--topic='));
  const asked = [name.length > 0, asksTopic, all].filter(Boolean).length;
  if (asked > 1) throw new UsageError('takes names, --topic or --all, one of them');
  if (asked === 0 && topic.length === 0) throw new UsageError('names, --topic or --all are needed: what to download');
  if (partition.length > 0 && (name.length > 0 || all)) throw new UsageError('--partition belongs to --topic');
}

function selectionOf({ name, topic, partition, all, prefix }: DownloadFlags): Parameters<typeof selectObjects>[1] {
  if (name.length > 0) return { kind: 'names', names: name };
  if (all) return { kind: 'prefix', prefix };
  return { kind: 'topics', prefix, topics: topic, partitions: partition.length === 0 ? null : partition };
}
