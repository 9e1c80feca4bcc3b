// @ts-check
/**
 * The order of test files where there are several workers: what takes minutes begins first, so that the others are done
 * beside it. On a fresh checkout Vitest knows of no durations, and would take the largest files first.
 */
import { BaseSequencer } from 'vitest/node';

const LONG = [
  'torture/torture.test.ts',
  'flows/restore.test.ts',
  'real/secured-flows.test.ts',
  'real/secured-changes.test.ts',
];

export default class LongFirst extends BaseSequencer {
  /**
   * @override
   * @param {import('vitest/node').TestSpecification[]} files
   */
  async sort(files) {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** @param {import('vitest/node').TestSpecification} file */
function isLong({ moduleId }) {
  return LONG.some((name) => moduleId.endsWith(`/${name}`));
}
