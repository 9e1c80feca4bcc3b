/**
 * Names every test that was skipped, and why. A test that skips itself proves nothing: with PERMAFROST_SKIPS=listed, as
 * in continuous integration, a skip that test/allowed-skips.json does not name fails the run.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

export interface SkippedTest {
  /** describe > title */
  readonly test: string;
  /** in the project's folder */
  readonly file: string;
  readonly reason: string;
}

const listSchema = z.array(z.strictObject({ file: z.string(), test: z.string(), reason: z.string().min(1) }));

const PROJECT = path.resolve(import.meta.dirname, '..');

export function fileInProject(file: string): string {
  return path.relative(PROJECT, file);
}

/** Prints them. @returns false when one of them fails the run */
export async function tellSkips(skipped: readonly SkippedTest[]): Promise<boolean> {
  for (const line of report(skipped)) process.stderr.write(`${line}\n`);
  if (process.env['PERMAFROST_SKIPS'] !== 'listed') return true;
  const list: unknown = JSON.parse(await readFile(path.join(import.meta.dirname, 'allowed-skips.json'), 'utf8'));
  const unlisted = notListed(skipped, listSchema.parse(list));
  for (const { test, file } of unlisted) {
    process.stderr.write(`FAILED: ${file} > ${test} was skipped, and test/allowed-skips.json does not allow that\n`);
  }
  return unlisted.length === 0;
}

/** Each reason once, with the tests that it stands for. */
function report(skipped: readonly SkippedTest[]): string[] {
  const reasons = new Set(skipped.map(({ reason }) => reason));
  return [...reasons].flatMap((reason) => {
    const tests = skipped.filter((each) => each.reason === reason);
    return [`skipped, ${reason}:`, ...tests.map(({ file, test }) => `  ${file} > ${test}`)];
  });
}

/** Those that the list does not name with file and test. */
export function notListed<Skip extends Pick<SkippedTest, 'file' | 'test'>>(
  skipped: readonly Skip[],
  allowed: readonly Pick<SkippedTest, 'file' | 'test'>[],
): Skip[] {
  return skipped.filter(({ file, test }) => !allowed.some((each) => each.file === file && each.test === test));
}
