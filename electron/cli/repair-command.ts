import { z } from 'zod';
import { topicName } from '../../shared/model/settings';
import { parseRecipient } from '../engine/keys/recipient';
import { connectKafka } from '../engine/kafka/client';
import type { MissingStretch } from '../engine/restore/repair/plan';
import { repair, type RepairedStretch } from '../engine/restore/repair/repair';
import { offsetsText } from '../engine/restore/verify/report-page';
import { openStore } from '../engine/store/open-store';
import { parseFlags, untilAskedToEnd, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';
import { brokerList, KAFKA_FLAGS, KAFKA_HELP, kafkaConnection, kafkaFlagsShape } from './kafka-flags';
import { createOutput, type Output } from './output';
import { PLACE_FLAGS, PLACE_HELP, placeFlagsShape, storePlace } from './place-flags';
import { showProgress } from './progress';
import { REDUCTION_HELP } from './reduction-flags';
import { flagsOfSettings, SETTINGS_HELP } from './settings-flags';
import { plainFields } from './texts';
import { WRITING_FLAGS, WRITING_HELP, writingFlagsShape, writingOptions } from './writing-flags';

const FLAGS = {
  settings: { type: 'string' },
  ...KAFKA_FLAGS,
  ...PLACE_FLAGS,
  group: { type: 'string' },
  topic: { type: 'string', multiple: true },
  partition: { type: 'string', multiple: true },
  'dry-run': { type: 'boolean' },
  'keep-all': { type: 'boolean' },
  ...WRITING_FLAGS,
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  brokers: brokerList,
  ...kafkaFlagsShape,
  ...placeFlagsShape,
  group: z.string().min(1).default('archiver'),
  topic: z.array(topicName).optional(),
  partition: z.array(wholeNumber(0, 1_000_000)).optional(),
  'dry-run': z.boolean().default(false),
  'keep-all': z.boolean().default(false),
  ...writingFlagsShape,
});

const STILL_MISSING = 3;
/** Segments here are closed by size and number: nothing is waited for. */
const NO_AGE = { maxAgeMs: Number.MAX_SAFE_INTEGER };

export const repairCommand: Command = {
  name: 'repair',
  summary: 'Archives again what is missing in the archives and still in Kafka',
  help: `permafrost repair --brokers HOST:PORT (--bucket NAME | --folder DIR) --recipient KEY [--dry-run]

Lists all archives as permafrost verify does, and archives what is missing between them into its place. Nothing in the bucket
is changed or overwritten, and nothing is committed; an archiver may run meanwhile. What Kafka no longer has of a stretch is
told in the bucket as removed, where the rest of it can be had; a stretch that is wholly gone stays missing. Damaged archives
are for permafrost recover.

${KAFKA_HELP}
${PLACE_HELP}
  --group NAME          of the archiver, for what it has committed; archiver
  --topic NAME          repeatable; all
  --partition N         repeatable; all
  --dry-run             tells what is missing and what can be archived again, and does nothing
  --keep-all            archives everything, also where the archives beside it leave records out
${WRITING_HELP}
  --settings FILE       what no flag says
  --json                events as JSON lines

${REDUCTION_HELP}

Exit codes: 0 nothing is missing any more; 1 failed or cancelled, and the same command goes on; 2 called wrongly; 3 something
is still missing.

${SETTINGS_HELP}`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings });
    const output = createOutput(isJson);
    const writing = await writingOptions(flags);
    const store = await openStore(storePlace(flags, environment));
    const progress = showProgress({ output, isJson, unit: 'offsets' });
    const signal = untilAskedToEnd();
    try {
      const { stretches, archives, records } = await repair(store, {
        prefix: flags.prefix,
        topics: flags.topic ?? null,
        partitions: flags.partition ?? null,
        kafka: connectKafka(await kafkaConnection(flags.brokers, flags, environment, 'permafrost-repair')),
        groupId: flags.group,
        archives: {
          ...writing,
          prefix: flags.prefix,
          recipients: writing.recipients.map(parseRecipient),
          limits: { ...writing.limits, ...NO_AGE },
        },
        keepAll: flags['keep-all'],
        isDryRun: flags['dry-run'],
        signal,
        onPlan: (planned) => tellPlan(output, planned),
        onProgress: (done) => progress.update(done),
        onStored: ({ name, size }, { coverage }) =>
          output.event(
            'archived',
            plainFields({ object: name, bytes: size, records: coverage.records, gap: coverage.gap }),
            `${coverage.gap === null ? `${coverage.records} records` : 'told as removed'}: ${name}`,
          ),
        onRetry: (error) => output.problem(error),
      });
      progress.end();
      tell(output, { stretches, archives, records }, flags['dry-run']);
      return stretches.every(({ isRepaired }) => isRepaired) ? 0 : STILL_MISSING;
    } finally {
      progress.end();
    }
  },
};

function tellPlan(output: Output, planned: readonly MissingStretch[]): void {
  for (const stretch of planned) {
    const { refusal, readableFrom, firstOffset } = stretch;
    const partly = readableFrom !== null && readableFrom > firstOffset ? `, from offset ${readableFrom} on` : '';
    const what = refusal ?? `Kafka still has it${partly}.`;
    output.event('missing', plainFields(stretch), `missing: ${placeText(stretch)}. ${what}`);
  }
}

function tell(
  output: Output,
  result: { readonly stretches: readonly RepairedStretch[]; readonly archives: number; readonly records: number },
  isDryRun: boolean,
): void {
  const { stretches, archives, records } = result;
  const still = stretches.filter(({ isRepaired }) => !isRepaired);
  const left =
    still.length === 0
      ? 'Nothing is missing any more.'
      : `Still missing:\n${still.map((stretch) => `  ${placeText(stretch)}${stretch.refusal === null ? '' : `: ${stretch.refusal}`}`).join('\n')}`;
  const done = `${records.toLocaleString('en')} records in ${archives.toLocaleString('en')} archives.`;
  output.event(
    'repaired',
    plainFields({ isDryRun, archives, records, stretches }),
    isDryRun ? `Nothing was done. ${left}` : stretches.length === 0 ? 'Nothing is missing.' : `${done} ${left}`,
  );
}

function placeText({ topic, partition, firstOffset, nextOffset }: MissingStretch): string {
  return `${topic}, partition ${partition}, offsets ${offsetsText(firstOffset, nextOffset)}`;
}
