import { expect, test } from 'vitest';
import { choosePart, partText, type Part } from '../../../../electron/engine/restore/verify/part';

const ARCHIVES = Array.from({ length: 100 }, (_, index) => ({ name: `archive ${index}`, size: 1_000 + index }));
const ALL_BYTES = ARCHIVES.reduce((sum, { size }) => sum + size, 0);

function chosen(part: Part | null) {
  return choosePart(ARCHIVES, part, (archive) => archive);
}

test('the numbers together are everything, each archive once', () => {
  const parts = [1, 2, 3].map((number) => chosen({ kind: 'number', number, of: 3 }));

  expect(parts.flat()).toHaveLength(100);
  expect(new Set(parts.flat())).toEqual(new Set(ARCHIVES));
});

test('a per cent and a size are that much of what is stored, the same archives each time, wherever they stand', () => {
  const tenth = chosen({ kind: 'per cent', perCent: 10 });
  const bytes = tenth.reduce((sum, { size }) => sum + size, 0);
  expect(bytes).toBeLessThanOrEqual(ALL_BYTES / 10);
  expect(bytes).toBeGreaterThan(ALL_BYTES / 10 - 2_000);
  expect(choosePart(ARCHIVES.toReversed(), { kind: 'per cent', perCent: 10 }, (each) => each)).toEqual(
    tenth.toReversed(),
  );
  expect(chosen({ kind: 'bytes', bytes: ALL_BYTES / 10 })).toEqual(tenth);
  expect(chosen({ kind: 'per cent', perCent: 20 })).toEqual(expect.arrayContaining([...tenth]));
});

test('it is never nothing, and never more than all', () => {
  expect(chosen({ kind: 'bytes', bytes: 1 })).toHaveLength(1);
  expect(chosen({ kind: 'per cent', perCent: 100 })).toEqual(ARCHIVES);
  expect(chosen(null)).toEqual(ARCHIVES);
  expect(choosePart([], { kind: 'per cent', perCent: 5 }, (each) => each)).toEqual([]);
});

test('it is told in words', () => {
  expect(partText({ kind: 'number', number: 2, of: 7 })).toBe('part 2 of 7');
  expect(partText({ kind: 'per cent', perCent: 2.5 })).toBe('2.5 %');
  expect(partText({ kind: 'bytes', bytes: 2e9 })).toBe('2,000,000,000 bytes');
});
