/** Tells Playwright's skipped tests; see test/skips.ts. */
import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { fileInProject, tellSkips, type SkippedTest } from '../skips';

export default class SkipsReporter implements Reporter {
  readonly #skipped: SkippedTest[] = [];

  onTestEnd(test: TestCase, { status }: TestResult): void {
    // one that could not run because a hook failed was expected to pass: that has failed the run already
    if (status !== 'skipped' || test.expectedStatus !== 'skipped') return;
    const [, , , ...titles] = test.titlePath(); // behind root, project and file
    const why = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
    this.#skipped.push({
      ...{ test: titles.join(' > '), file: fileInProject(test.location.file) },
      reason: why ?? 'by its own condition',
    });
  }

  async onEnd({ status }: FullResult): Promise<{ status: FullResult['status'] }> {
    return { status: (await tellSkips(this.#skipped)) || status !== 'passed' ? status : 'failed' };
  }
}
