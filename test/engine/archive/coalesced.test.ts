import { expect, test } from 'vitest';
import { coalesced } from '../../../electron/engine/archive/coalesced';

test('those who ask while an answer is under way share the next one, never one that is older than their question', async () => {
  const begun: string[] = [];
  const open: (() => void)[] = [];
  const ask = coalesced((key) => {
    begun.push(key);
    const answer = `${key} ${begun.length}`;
    return new Promise<string>((resolve) => open.push(() => resolve(answer)));
  });

  const first = ask('a');
  const [second, third, other] = [ask('a'), ask('a'), ask('b')];
  open[0]?.();
  expect(await first).toBe('a 1');
  await expect.poll(() => begun).toEqual(['a', 'b', 'a']);
  for (const answer of open) answer();

  expect(await Promise.all([second, third, other])).toEqual(['a 3', 'a 3', 'b 2']);
});

test('after a failure the next one asks again', async () => {
  let asked = 0;
  const ask = coalesced(() => ((asked += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve(asked)));

  const [first, second] = [ask('a'), ask('a')];

  await expect(first).rejects.toThrow('no');
  expect(await second).toBe(2);
  expect(await ask('a')).toBe(3);
});
