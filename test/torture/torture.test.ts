import { expect, test } from 'vitest';
import { ensureBuilt } from '../../scripts/build.mjs';
import { reasonWhyNot, requirePrograms } from '../real/unavailable';
import { PROGRAMS } from './programs';
import { describeReport } from './report';
import { torture, type TortureOptions } from './run';

test('faults of all kinds at random: every record is archived once', { timeout: 420_000 }, async ({ skip }) => {
  const whyNot = await reasonWhyNot(() => requirePrograms('The torture', PROGRAMS));
  if (whyNot !== null) skip(whyNot);
  await ensureBuilt();
  const seed = Math.floor(Math.random() * 1e6);
  const say = (line: string): void => void process.stdout.write(`torture, seed ${seed}: ${line}\n`);
  const options: TortureOptions = { seed, faults: 40, minutes: 2, isReal: false, ratePerSecond: 60, keeps: false, say };

  const report = await torture(options);

  expect(report.defects, describeReport(report, options)).toEqual([]);
  expect(report.records).toBeGreaterThan(0);
  expect(report.acknowledged).toBeGreaterThan(0);
});
