/** Tells Vitest's skipped tests; see test/skips.ts. */
import type { Reporter, TestModule } from 'vitest/node';
import { fileInProject, tellSkips, type SkippedTest } from './skips';

export default class SkipsReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    if (!(await tellSkips(modules.flatMap(skippedIn)))) process.exitCode = 1;
  }
}

function skippedIn(module: TestModule): SkippedTest[] {
  const file = fileInProject(module.moduleId);
  return [...module.children.allTests('skipped')].map((each) => {
    const result = each.result();
    const note = result.state === 'skipped' ? result.note : undefined;
    return { test: each.fullName, file, reason: note ?? 'by its own condition or the filter of the run' };
  });
}
