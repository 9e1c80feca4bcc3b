import { z } from 'zod';
import type { Identity } from '../engine/keys/identity';
import { aboutObject, openArchive } from '../engine/restore/open-archive';
import { isFile, openFileArchive } from '../engine/restore/search/open-file';
import { recordTest, type RecordTest } from '../engine/restore/search/record-test';
import { scanArchive } from '../engine/restore/search/scan-archive';
import type { Match } from '../engine/restore/search/scan-block';
import type { SegmentReader } from '../engine/segment/segment-reader';
import { openStore } from '../engine/store/open-store';
import type { ObjectStore, StoredObject } from '../engine/store/port';
import { failure, parseFlags, untilAskedToEnd, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';
import { FILTER_FLAGS, FILTER_HELP, filterFlagsShape, filterOf } from './filter-flags';
import { KEY_FLAGS, KEY_HELP, keyFlagsShape, readIdentities } from './key-flags';
import { PipeOutput } from './pipe-output';
import { PLACE_FLAGS, PLACE_HELP, placeFlagsShape, storePlace } from './place-flags';
import { flagsOfSettings } from './settings-flags';

const FLAGS = {
  ...PLACE_FLAGS,
  ...KEY_FLAGS,
  ...FILTER_FLAGS,
  limit: { type: 'string' },
  raw: { type: 'boolean' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  ...placeFlagsShape,
  ...keyFlagsShape,
  ...filterFlagsShape,
  archive: z.array(z.string().min(1)),
  limit: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(Infinity),
  raw: z.boolean().default(false),
});

type CatFlags = z.infer<typeof schema>;

const LINE_FEED = Buffer.from('\n');

export const catCommand: Command = {
  name: 'cat',
  summary: 'Prints the records of archives, from a bucket or from files',
  help: `permafrost cat FILE... | permafrost cat OBJECT... (--bucket NAME | --folder DIR)

Prints one JSON object a line: {"offset":17,"timestamp":1671494400000,"key":"3005","value":"...","headers":[]}, bytes that
are no text as {"base64":"..."}. An argument that is a file is read from there, any other is an object of the bucket or
folder. Through the index of an archive only what is wanted is read. Made for pipes: permafrost cat FILE | jq -r .value

${PLACE_HELP}
${KEY_HELP}
${FILTER_HELP}
  --limit N             end behind so many records
  --raw                 print the values alone, as they are, a line feed behind each; null as an empty line
  --settings FILE       what no flag says
  --json                what fails is told as a JSON line

Exit codes: 0 done, also when the reader of the pipe has gone; 1 an archive could not be read, and nothing behind it was
printed; 2 called wrongly.`,
  run: async (args, { environment }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings, positionals: 'archive' });
    const test = recordTest(filterOf(flags));
    const identities = await readIdentities(flags);
    const output = new PipeOutput(process.stdout);
    const signal = AbortSignal.any([untilAskedToEnd(), output.gone]);
    const printer = new Printer(output, flags, signal);
    const store = lazyStore(flags, environment);
    for (const name of flags.archive) {
      if (!printer.wantsMore) break;
      try {
        await withArchive(name, { store, identities, signal }, (segment) => printer.print(segment, test));
      } catch (thrown) {
        if (signal.aborted) break;
        throw thrown;
      }
    }
    return signal.aborted && !output.gone.aborted ? 1 : 0;
  },
};

class Printer {
  readonly #output: PipeOutput;
  readonly #isRaw: boolean;
  readonly #signal: AbortSignal;
  #left: number;

  constructor(output: PipeOutput, { limit, raw }: CatFlags, signal: AbortSignal) {
    this.#output = output;
    this.#isRaw = raw;
    this.#signal = signal;
    this.#left = limit;
  }

  get wantsMore(): boolean {
    return this.#left > 0 && !this.#signal.aborted;
  }

  async print(segment: SegmentReader, test: RecordTest): Promise<void> {
    for await (const { matches } of scanArchive(segment, test)) {
      const wanted = this.#left < matches.length ? matches.slice(0, this.#left) : matches;
      this.#left -= wanted.length;
      await this.#output.write(Buffer.concat(wanted.flatMap((match) => this.#bytesOf(match))));
      if (!this.wantsMore) return;
    }
  }

  #bytesOf({ line, encoded }: Match): readonly Buffer[] {
    if (!this.#isRaw) return [encoded];
    return line.kind === 'corrupt' ? [] : [line.value ?? Buffer.alloc(0), LINE_FEED];
  }
}

interface Sources {
  readonly store: () => Promise<ObjectStore>;
  readonly identities: readonly Identity[];
  readonly signal: AbortSignal;
}

async function withArchive(
  name: string,
  { store, identities, signal }: Sources,
  work: (segment: SegmentReader) => Promise<void>,
): Promise<void> {
  if (await isFile(name)) {
    const { object, source, segment } = await openFileArchive(name, { identities });
    try {
      await aboutObject(object, null, () => work(segment));
    } finally {
      await source.close();
    }
    return;
  }
  const place = await store();
  const object: StoredObject | null = await place.head(name, signal);
  if (object === null) throw failure(`${name} is neither a file here nor an object in ${place.location}.`);
  const { segment, coverage } = await openArchive(place, object, { identities, signal });
  await aboutObject(object, coverage, () => work(segment));
}

/** The place is needed only when something is not a file. */
function lazyStore(flags: CatFlags, environment: NodeJS.ProcessEnv): () => Promise<ObjectStore> {
  let store: Promise<ObjectStore> | null = null;
  return () => {
    if (flags.bucket === undefined && flags.folder === undefined) {
      throw failure(
        `There is no such file, and neither --bucket nor --folder says where else to look. Files: ${flags.archive.join(', ')}.`,
      );
    }
    store ??= openStore(storePlace(flags, environment));
    return store;
  };
}
