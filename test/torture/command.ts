/** What `npm run torture` does, once everything is built. */
import { parseArgs } from 'node:util';
import { reasonWhyNot, requirePrograms } from '../real/unavailable';
import { kafkaJars } from '../real/kafka-jars';
import { PROGRAMS } from './programs';
import { describeReport } from './report';
import { torture, type TortureOptions } from './run';

export const HELP = `npm run torture -- [--faults N] [--seed S] [--minutes M] [--rate N] [--real] [--keep]

  --faults N   ends after so many; 1000
  --seed S     a run's faults depend on it; chosen at random and printed
  --minutes M  no further faults after that; 60
  --rate N     records a second of each of three producers, about; 100
  --real       Apache Kafka in place of the sandbox's broker
  --keep       leaves logs, topic and archives there, also when nothing went wrong
`;

/** @returns the exit code */
export async function runTorture(args: readonly string[]): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const { values } = parseArgs({
    args: [...args],
    options: {
      faults: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
      minutes: { type: 'string', default: '60' },
      rate: { type: 'string', default: '100' },
      real: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const whyNot = await reasonWhyNot(async () => {
    await requirePrograms('The torture', PROGRAMS);
    if (values.real) await kafkaJars();
  });
  if (whyNot !== null) {
    say(`torture: skipped: ${whyNot}`);
    return 1;
  }
  const options: TortureOptions = {
    seed: wholeNumber('seed', values.seed),
    faults: wholeNumber('faults', values.faults),
    minutes: wholeNumber('minutes', values.minutes),
    ratePerSecond: wholeNumber('rate', values.rate),
    isReal: values.real,
    keeps: values.keep,
    say,
  };
  say(`torture: seed ${options.seed}, ${options.faults} faults, ${values.real ? 'a real Kafka' : 'the sandbox'}`);
  const report = await torture(options);
  say(describeReport(report, options));
  if (values.keep) say(`kept in ${report.folder}`);
  return report.defects.length === 0 ? 0 : 1;
}

function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${flag} takes a whole number`);
  return Number(text);
}
