import { z } from 'zod';
import { topicName } from '../../shared/model/settings';
import type { Match } from '../engine/restore/search/scan-block';
import { searchTopic, type SearchedArchive, type SearchResult } from '../engine/restore/search/search-topic';
import { openStore } from '../engine/store/open-store';
import { parseFlags, untilAskedToEnd, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';
import { FILTER_FLAGS, FILTER_HELP, filterFlagsShape, filterOf } from './filter-flags';
import { KEY_FLAGS, KEY_HELP, keyFlagsShape, readIdentities } from './key-flags';
import { PipeOutput } from './pipe-output';
import { PLACE_FLAGS, PLACE_HELP, placeFlagsShape, storePlace } from './place-flags';
import { flagsOfSettings, SETTINGS_HELP } from './settings-flags';

const FLAGS = {
  ...PLACE_FLAGS,
  ...KEY_FLAGS,
  ...FILTER_FLAGS,
  topic: { type: 'string', multiple: true },
  partition: { type: 'string', multiple: true },
  limit: { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  ...placeFlagsShape,
  ...keyFlagsShape,
  ...filterFlagsShape,
  topic: z.array(topicName).length(1, 'takes one topic'),
  partition: z.array(wholeNumber(0, 1e6)).optional(),
  limit: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(Infinity),
});

const SHOW_EVERY_MS = 200;
const SOME_FAILED = 3;

export const searchCommand: Command = {
  name: 'search',
  summary: 'Finds records of a topic by key, text, field, offset or time in all its archives',
  help: `permafrost search --topic NAME (--bucket NAME | --folder DIR) [WHAT]

Prints what it finds as JSON lines: the record as "permafrost cat" prints it, with "archive" and "partition" before it. Names,
metadata and indexes tell which blocks may hold something; nothing else is read. How far it is, how much it read and how fast
stands on standard error.

  --topic NAME          whose archives, of all its lives
  --partition N         repeatable; all
${FILTER_HELP}
  --limit N             end behind so many records
${PLACE_HELP}
${KEY_HELP}
  --settings FILE       what no flag says
  --json                the summary as a JSON line, on standard error

Exit codes: 0 done, whether or not something was found; 1 failed or cancelled; 2 called wrongly; 3 done, but some archives
could not be read: they are named.

${SETTINGS_HELP}`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings });
    const store = await openStore(storePlace(flags, environment));
    const identities = await readIdentities(flags);
    const output = new PipeOutput(process.stdout);
    const startedAt = Date.now();
    let shownAt = startedAt;
    const clear = process.stderr.isTTY && !isJson ? '\r\u001B[K' : '';
    const result = await searchTopic(store, {
      prefix: flags.prefix,
      topic: flags.topic[0] ?? '',
      partitions: flags.partition ?? null,
      filter: filterOf(flags),
      identities,
      maxMatches: flags.limit,
      signal: AbortSignal.any([untilAskedToEnd(), output.gone]),
      onMatches: (matches, place) => {
        if (clear !== '') process.stderr.write(clear);
        return output.write(matches.map((match) => foundLine(match, place)).join(''));
      },
      onProgress: ({ archivesDone, archives, matches, bytesRead }) => {
        if (clear === '' || Date.now() - shownAt < SHOW_EVERY_MS) return;
        shownAt = Date.now();
        process.stderr.write(
          `${clear}${archivesDone} of ${archives} archives, ${megabytes(bytesRead)} read, ${matches} found`,
        );
      },
    });
    const tookMs = Date.now() - startedAt;
    if (output.gone.aborted) return 0;
    process.stderr.write(clear + (isJson ? `${JSON.stringify(summary(result, tookMs))}\n` : told(result, tookMs)));
    if (result.end === 'cancelled') return 1;
    return result.failures.length > 0 ? SOME_FAILED : 0;
  },
};

/** The archive's own line, with where it is put in front. */
function foundLine({ encoded }: Match, { object, partition }: SearchedArchive): string {
  return `{"archive":${JSON.stringify(object.name)},"partition":${partition},${encoded.toString('utf8', 1)}`;
}

function summary(result: SearchResult, tookMs: number): Readonly<Record<string, unknown>> {
  return { event: 'searched', ...result, tookMs };
}

function told(result: SearchResult, tookMs: number): string {
  const { matches, archives, archivesDone, archivesSkipped, storedBytes, bytesRead, encodedBytes, failures } = result;
  const ends = { complete: '', limit: 'Enough was found: ', cancelled: 'Cancelled: ' } as const;
  const perSecond = megabytes((encodedBytes / Math.max(1, tookMs)) * 1000);
  return [
    ...failures.map(({ error }) => `Not searched: ${error.message}\n`),
    `${ends[result.end]}${matches} found in ${archivesDone} of ${archives} archives (${archivesSkipped} more hold nothing of the range). `,
    `${megabytes(bytesRead)} of ${megabytes(storedBytes)} read in ${(tookMs / 1000).toFixed(1)} s, `,
    `${megabytes(encodedBytes)} of records looked through, ${perSecond} a second.\n`,
  ].join('');
}

function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
