/**
 * Names every test that was skipped, and why. A test that skips itself proves nothing: with PERMAFROST_SKIPS=listed, as
 * in continuous integration, a skip that test/allowed-skips.json does not name fails the run.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { z } from 'zod';

export interface SkippedTest {
  /** describe > title */
  readonly test: string;
  readonly file: string;
  readonly reason: string;
}

const listSchema = z.array(z.strictObject({ file: z.string(), test: z.string(), reason: z.string().min(1) }));

const PROJECT = path.resolve(import.meta.dirname, '..');

export default class SkipsReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const skipped = modules.flatMap(skippedIn);
    for (const line of report(skipped)) process.stderr.write(`${line}\n`);
    if (process.env['PERMAFROST_SKIPS'] !== 'listed') return;
    const list: unknown = JSON.parse(await readFile(path.join(import.meta.dirname, 'allowed-skips.json'), 'utf8'));
    const unlisted = notListed(skipped, listSchema.parse(list));
    for (const { test, file } of unlisted) {
      process.stderr.write(`FAILED: ${file} > ${test} was skipped, and test/allowed-skips.json does not allow that\n`);
    }
    if (unlisted.length > 0) process.exitCode = 1;
  }
}

/** Each reason once, with the tests that it stands for. */
function report(skipped: readonly SkippedTest[]): string[] {
  const reasons = new Set(skipped.map(({ reason }) => reason));
  return [...reasons].flatMap((reason) => {
    const tests = skipped.filter((each) => each.reason === reason);
    return [`skipped, ${reason}:`, ...tests.map(({ file, test }) => `  ${file} > ${test}`)];
  });
}

function skippedIn(module: TestModule): SkippedTest[] {
  const file = path.relative(PROJECT, module.moduleId);
  return [...module.children.allTests('skipped')].map((each) => {
    const result = each.result();
    const note = result.state === 'skipped' ? result.note : undefined;
    return { test: each.fullName, file, reason: note ?? 'by its own condition or the filter of the run' };
  });
}

/** Those that the list does not name with file and test. */
export function notListed<Skip extends Pick<SkippedTest, 'file' | 'test'>>(
  skipped: readonly Skip[],
  allowed: readonly Pick<SkippedTest, 'file' | 'test'>[],
): Skip[] {
  return skipped.filter(({ file, test }) => !allowed.some((each) => each.file === file && each.test === test));
}
