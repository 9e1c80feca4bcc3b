import { parseArgs } from 'node:util';

export interface DataSet {
  readonly messages: number;
  readonly partitions: number;
  /** of one message, roughly: 250 is one breadcrumb, 1024 four of them in a list */
  readonly size: 250 | 1024;
}

export interface BenchOptions {
  readonly sets: readonly DataSet[];
  readonly rounds: number;
  /** "real", "sandbox", or the host:port of a Kafka that runs already; null: the real one where it can be had */
  readonly kafka: string | null;
  /** only subjects whose name has one of these words; empty: all */
  readonly only: readonly string[];
  readonly withRivals: boolean;
  /** bytes of a producer's batch */
  readonly batchBytes: number;
  readonly parts: readonly Part[];
  /** messages of each point of the growth part */
  readonly growthMessages: number;
  /** messages that the app archives */
  readonly appMessages: number;
  /** of the archive that is looked into */
  readonly previewBytes: number;
  /** of the bucket that is listed */
  readonly listObjects: number;
}

export const PARTS = ['speed', 'restore', 'verify', 'preview', 'list', 'growth', 'app'] as const;
export type Part = (typeof PARTS)[number];

export const HELP = `npm run bench -- [FLAGS]

Measures the archiver, and the way back, beside other people's ways to do the same, in one run, on the same data.

  --quick            a try in seconds: 100,000 messages, one round
  --full             1,000,000 on 3 and 4,000,000 on 12 partitions, and messages of 1 KiB
  --set NxP[xSIZE]   messages and partitions, e.g. 4000000x12 or 500000x3x1024; repeatable; 1000000x3
  --rounds N         interleaved; medians are printed; 3
  --kafka WHICH      real, sandbox, or the host:port of one that runs; real where it can be had
  --rivals           kafka-backup too (Rust; builds for minutes the first time)
  --only WORD        subjects whose name has it; repeatable
  --part PART        speed, restore, verify, preview, list, growth or app; repeatable; all
  --batch-bytes N    a producer's batch; 16384, the Java producer's default`;

/** @throws Error with a message for the user */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      kafka: { type: 'string' },
      rivals: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      part: { type: 'string', multiple: true },
      'batch-bytes': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick, full } = values;
  return {
    sets: values.set?.map(parseSet) ?? defaultSets(quick, full),
    rounds: wholeNumber('rounds', values.rounds ?? (quick ? '1' : '3')),
    kafka: values.kafka ?? null,
    only: values.only ?? [],
    withRivals: values.rivals,
    batchBytes: wholeNumber('batch-bytes', values['batch-bytes'] ?? '16384'),
    parts: (values.part ?? PARTS).map(parsePart),
    growthMessages: quick ? 100_000 : 400_000,
    appMessages: quick ? 100_000 : 1_000_000,
    previewBytes: quick ? 10_000_000 : 100_000_000,
    listObjects: quick ? 10_000 : 100_000,
  };
}

function defaultSets(quick: boolean, full: boolean): readonly DataSet[] {
  if (quick) return [{ messages: 100_000, partitions: 3, size: 250 }];
  const million: DataSet = { messages: 1_000_000, partitions: 3, size: 250 };
  if (!full) return [million];
  return [
    million,
    { messages: 4_000_000, partitions: 12, size: 250 },
    { messages: 500_000, partitions: 3, size: 1024 },
  ];
}

function parseSet(text: string): DataSet {
  const [messages = '', partitions = '', size = '250', ...rest] = text.split('x');
  if (rest.length > 0 || (size !== '250' && size !== '1024')) {
    throw new Error(`--set takes e.g. 1000000x3 or 500000x12x1024 (sizes 250 and 1024), not ${text}`);
  }
  return {
    messages: wholeNumber('set', messages),
    partitions: wholeNumber('set', partitions),
    size: size === '250' ? 250 : 1024,
  };
}

function parsePart(text: string): Part {
  const part = PARTS.find((each) => each === text);
  if (part === undefined) throw new Error(`--part takes ${PARTS.join(', ')}, not ${text}`);
  return part;
}

function wholeNumber(flag: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${flag} takes a whole number, not ${text}`);
  return Number(text);
}
