import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, PermafrostError } from '../../shared/errors';
import { topicName } from '../../shared/model/settings';
import { holesText, STRETCH_WORDS } from '../../shared/model/verify';
import { connectKafka } from '../engine/kafka/client';
import type { Finding } from '../engine/restore/verify/finding';
import { reportJson, summaryOf, type ReportHead } from '../engine/restore/verify/report';
import { offsetsText, reportPage } from '../engine/restore/verify/report-page';
import type { Part } from '../engine/restore/verify/part';
import { verify, type Verification, type VerifiedChain } from '../engine/restore/verify/verify';
import { openStore } from '../engine/store/open-store';
import { byteSize, parseFlags, untilAskedToEnd, UsageError, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';
import { brokerList, KAFKA_FLAGS, KAFKA_HELP, kafkaConnection, kafkaFlagsShape } from './kafka-flags';
import { KEY_FLAGS, KEY_HELP, keyFlagsShape, readIdentities } from './key-flags';
import { createOutput, type Output } from './output';
import { PLACE_FLAGS, PLACE_HELP, placeFlagsShape, storePlace } from './place-flags';
import { showProgress } from './progress';
import { REDUCTION_FLAGS, reductionFlagsShape, reductionOf } from './reduction-flags';
import { flagsOfSettings, SETTINGS_HELP } from './settings-flags';
import { plainFields } from './texts';
import { version } from './version';

const FLAGS = {
  settings: { type: 'string' },
  ...KAFKA_FLAGS,
  ...PLACE_FLAGS,
  ...KEY_FLAGS,
  group: { type: 'string' },
  topic: { type: 'string', multiple: true },
  partition: { type: 'string', multiple: true },
  content: { type: 'boolean' },
  source: { type: 'boolean' },
  part: { type: 'string' },
  report: { type: 'string', multiple: true },
  ...REDUCTION_FLAGS,
  json: { type: 'boolean' },
} as const satisfies Flags;

const part = z.string().transform((text, context): Part => {
  const [, number, of] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text) ?? [];
  if (number !== undefined && Number(number) <= Number(of)) {
    return { kind: 'number', number: Number(number), of: Number(of) };
  }
  const perCent = Number(/^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1] ?? Number.NaN);
  if (perCent > 0 && perCent <= 100) return { kind: 'per cent', perCent };
  const size = byteSize.safeParse(text);
  if (size.success && size.data > 0) return { kind: 'bytes', bytes: size.data };
  context.addIssue({ code: 'custom', message: 'takes a part such as 1/4, 5% or 2GB' });
  return z.NEVER;
});

const schema = z.object({
  ...placeFlagsShape,
  ...keyFlagsShape,
  brokers: brokerList.optional(),
  ...kafkaFlagsShape,
  group: z.string().min(1).default('archiver'),
  topic: z.array(topicName).optional(),
  partition: z.array(wholeNumber(0, 1_000_000)).optional(),
  content: z.boolean().default(false),
  source: z.boolean().default(false),
  ...reductionFlagsShape,
  part: part.optional(),
  report: z.array(z.string().regex(/\.(json|html)$/, 'takes a file that ends in .json or .html')).default([]),
});

const FOUND = 3;

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Proves that nothing is missing in the archives, and with --content that they can be read',
  help: `permafrost verify (--bucket NAME | --folder DIR) [--brokers HOST:PORT] [--content | --source] [--report FILE]

Lists all archives and looks whether each partition's chain is whole; beside Kafka's own offsets with --brokers. Reads
only: nothing changes in the bucket or in Kafka.

${PLACE_HELP}
${KAFKA_HELP}
                        Without --brokers the chains alone are looked at
  --group NAME          of the archiver, for what it has committed; archiver
  --topic NAME          repeatable; all
  --partition N         repeatable; all
  --content             downloads each archive and checks its checksums, encryption, compression, records, times, index
                        and metadata
${KEY_HELP}
  --source              with --brokers: reads again what Kafka still holds of each archive, and compares record by record;
                        the content is checked as well. Archives that leave records out need the rule they were made by
  --part PART           with --content or --source: 1/4 is one of four parts, which together are everything; 5% and 2GB are so
                        much of what is stored, always the same archives
  --report FILE         a report that can be filed, as FILE.json or FILE.html; repeatable
  --settings FILE       what no flag says
  --json                events as JSON lines

Exit codes: 0 nothing is wrong; 1 failed or cancelled; 2 called wrongly; 3 something was found.

${SETTINGS_HELP}`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings });
    const withContent = flags.content || flags.source;
    if (flags.part !== undefined && !withContent) throw new UsageError('--part goes with --content or --source');
    if (flags.source && flags.brokers === undefined) throw new UsageError('--source needs --brokers: which Kafka');
    const output = createOutput(isJson);
    const startedAt = new Date().toISOString();
    const store = await openStore(storePlace(flags, environment));
    const progress = showProgress({ output, isJson, unit: 'records' });
    const { brokers } = flags;
    const kafka =
      brokers === undefined ? null : await kafkaConnection(brokers, flags, environment, 'permafrost-verify');
    try {
      const verification = await verify(store, {
        prefix: flags.prefix,
        topics: flags.topic ?? null,
        partitions: flags.partition ?? null,
        kafka: kafka === null ? null : connectKafka(kafka),
        groupId: flags.group,
        content: withContent
          ? { part: flags.part ?? null, source: flags.source ? { reduction: reductionOf(flags) } : null }
          : null,
        identities: await readIdentities(flags),
        signal: untilAskedToEnd(),
        onProgress: (done) => progress.update(done),
      });
      progress.end();
      tell(output, verification);
      const head: ReportHead = { version: version(), startedAt, endedAt: new Date().toISOString() };
      for (const file of flags.report) await writeReport(file, head, verification);
      return verification.findings.length === 0 ? 0 : FOUND;
    } finally {
      progress.end();
    }
  },
};

async function writeReport(file: string, head: ReportHead, verification: Verification): Promise<void> {
  const report = file.endsWith('.json') ? reportJson(head, verification) : reportPage(head, verification);
  try {
    await writeFile(file, report);
  } catch (cause) {
    throw new PermafrostError('FILE_UNWRITABLE', `The report cannot be written to ${file} (${messageOf(cause)}).`, {
      cause,
    });
  }
}

function tell(output: Output, verification: Verification): void {
  for (const chain of verification.chains) tellChain(output, chain);
  for (const finding of verification.findings) tellFinding(output, finding);
  const { location, prefix, isKafkaAsked, content, findings } = verification;
  const fields = { location, prefix, isKafkaAsked, content, findings: findings.length };
  output.event('verified', fields, summaryOf(verification));
}

function tellChain(output: Output, chain: VerifiedChain): void {
  const { topic, partition, life, archives, records, storedBytes, stretches, log } = chain;
  const lines = stretches.map((stretch) => {
    const { kind, firstOffset, nextOffset } = stretch;
    const holes = holesText(stretch.holes);
    const count = stretch.archives === 0 ? '' : `, ${stretch.records.toLocaleString('en')} records`;
    return `  ${offsetsText(firstOffset, nextOffset)}: ${STRETCH_WORDS[kind]}${count}${holes === '' ? '' : `; ${holes}`}`;
  });
  output.event(
    'chain',
    plainFields({ topic, partition, life, archives, records, storedBytes, log, stretches }),
    [`${topic}, partition ${partition}, life ${life}`, ...lines].join('\n'),
  );
}

function tellFinding(output: Output, finding: Finding): void {
  const { kind, topic, partition, firstOffset, nextOffset, object, cause, meaning } = finding;
  const where = `${topic}, partition ${partition}, ${offsetsText(firstOffset, nextOffset)}`;
  output.event(
    'finding',
    plainFields({ ...finding }),
    `${kind}: ${where}: ${cause} ${meaning}${object === null ? '' : ` (${object})`}`,
  );
}
