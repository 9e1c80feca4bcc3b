import { expect, test } from 'vitest';
import { isOverBudget, makeRoom, type Holder } from '../../../electron/engine/archive/memory-budget';

function holder(name: string, done: string[], bytes: { open?: number; block?: number; waiting?: number }): Holder {
  const { open = 0, block = 0, waiting = 0 } = bytes;
  return {
    heldBytes: open + waiting,
    openBytes: open,
    openBlockBytes: block,
    waitingBytes: waiting,
    close: () => done.push(`close ${name}`),
    endBlock: () => done.push(`end block of ${name}`),
  };
}

test('what was fetched counts, but alone it is waited for by nobody', () => {
  expect(isOverBudget([holder('a', [], { open: 60 })], 50, 100)).toBe(true);
  expect(isOverBudget([holder('a', [], { open: 40 })], 50, 100)).toBe(false);
  expect(isOverBudget([holder('a', [], {})], 150, 100)).toBe(false);
});

test('with much in open blocks, the large ones are compressed early', () => {
  const done: string[] = [];
  const [small, large] = [holder('a', done, { open: 20, block: 20 }), holder('b', done, { open: 90, block: 80 })];

  makeRoom([small, large], 100);

  expect(done).toEqual(['end block of b']);
});

test('else the largest segment is closed', () => {
  const done: string[] = [];

  makeRoom([holder('a', done, { open: 20, block: 5 }), holder('b', done, { open: 90, block: 5 })], 100);

  expect(done).toEqual(['close b']);
});

test('while much waits for its upload, nothing more is closed', () => {
  const done: string[] = [];

  makeRoom([holder('a', done, { open: 90 }), holder('b', done, { waiting: 30 })], 100);

  expect(done).toEqual([]);
});
