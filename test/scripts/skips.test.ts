import { expect, test } from 'vitest';
import { notListed } from '../skips';

test('a skipped test is allowed by its file and its title, not by one of them', () => {
  const listed = { file: 'test/a.test.ts', test: 'the store > keeps' };
  const skipped = [listed, { ...listed, file: 'test/b.test.ts' }, { ...listed, test: 'the store > loses' }];

  expect(notListed(skipped, [listed])).toEqual(skipped.slice(1));
});
