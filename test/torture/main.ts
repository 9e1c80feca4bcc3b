/** `npm run torture -- [--faults N] [--seed S] [--real]` */
import { parseArgs } from 'node:util';
import { torture } from './run';

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      faults: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      real: { type: 'boolean', default: false },
    },
  });
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(`seed ${values.seed}`);
  const { faults, members, records, objects, acknowledged, problems, seconds, folder } = await torture({
    faults: Number(values.faults),
    seed: Number(values.seed),
    isReal: values.real,
    say,
  });
  for (const [fault, count] of Object.entries(faults).toSorted()) say(`${String(count).padStart(6)}  ${fault}`);
  say(
    `${members} archivers started; ${records} messages in the topic, ${acknowledged} acknowledged; ${objects} archives; ${seconds.toFixed(0)} s`,
  );
  for (const problem of problems) say(`PROBLEM  ${problem}`);
  say(
    problems.length === 0
      ? 'Every message is archived exactly once.'
      : `Look at ${folder}; the seed is ${values.seed}.`,
  );
  return problems.length === 0 ? 0 : 1;
}
