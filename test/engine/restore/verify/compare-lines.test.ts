import { expect, test } from 'vitest';
import { compareLines } from '../../../../electron/engine/restore/verify/compare-lines';

function line(
  offset: number,
  fields: { key?: string; value?: string; timestamp?: number; headers?: string } = {},
): string {
  const { key = 'k', value = 'v'.repeat(offset % 7), timestamp = offset, headers = '[]' } = fields;
  return `{"offset":${offset},"timestamp":${timestamp},"key":"${key}","value":"${value}","headers":${headers}}\n`;
}

const range = (count: number): string[] => Array.from({ length: count }, (_, at) => line(at));

/** in pieces of so many lines */
async function* pieces(lines: readonly string[], size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < lines.length; at += size) {
    yield Buffer.from(lines.slice(at, at + size).join(''));
    await Promise.resolve();
  }
}

function compare(ours: readonly string[], theirs: readonly string[], sizes: readonly [number, number] = [7, 13]) {
  return compareLines(pieces(ours, sizes[0]), pieces(theirs, sizes[1]));
}

test('equal lines are equal however they are cut into pieces', async () => {
  for (const sizes of [
    [1, 1],
    [7, 13],
    [1_000, 3],
    [1_000, 1_000],
  ] as const) {
    expect(await compare(range(1_000), range(1_000), sizes)).toMatchObject({ equal: 1_000, differenceCount: 0 });
  }
});

test('each field that differs is named, with its offset, and the lines behind it are compared all the same', async () => {
  const theirs = range(100);
  theirs[10] = line(10, { value: 'other' });
  theirs[20] = line(20, { key: 'other' });
  theirs[30] = line(30, { timestamp: 31 });
  theirs[40] = line(40, { headers: '[["a","b"]]' });

  const { equal, differences } = await compare(range(100), theirs);

  expect(differences).toEqual([
    { offset: 10n, what: 'value' },
    { offset: 20n, what: 'key' },
    { offset: 30n, what: 'timestamp' },
    { offset: 40n, what: 'headers' },
  ]);
  expect(equal).toBe(96);
});

test('null and empty are different', async () => {
  const { differences } = await compare([line(0, { value: '' })], [line(0).replace('"value":""', '"value":null')]);

  expect(differences).toEqual([{ offset: 0n, what: 'value' }]);
});

test('a record that only one of both has is told, at both ends and in the middle', async () => {
  const without = (lines: readonly string[], ...gone: number[]): string[] =>
    lines.filter((_, at) => !gone.includes(at));

  expect(await compare(without(range(50), 0, 20, 49), range(50))).toMatchObject({
    ...{ equal: 47, onlyArchive: 0 },
    differences: [0n, 20n, 49n].map((offset) => ({ offset, what: 'kafka' })),
  });
  expect(await compare(range(50), without(range(50), 0, 20, 49))).toMatchObject({
    ...{ equal: 47, onlyArchive: 3 },
    differences: [0n, 20n, 49n].map((offset) => ({ offset, what: 'archive' })),
  });
});

test('what Kafka has in the place of a batch that was kept as corrupt is not compared', async () => {
  const ours = range(10);
  ours.splice(3, 3, '{"offset":3,"lastOffset":5,"corrupt":{"base64":"AAAA"}}\n');

  expect(await compare(ours, range(10))).toMatchObject({ equal: 7, corrupt: 1, differenceCount: 0 });
  expect(await compare(ours, ours)).toMatchObject({ equal: 8, differenceCount: 0 });
});

test('many differences are counted, and the first ones named', async () => {
  const theirs = range(3_000).map((_, at) => line(at, { value: 'x' }));

  const { differences, differenceCount } = await compare(range(3_000), theirs);

  expect(differences).toHaveLength(1_000);
  expect(differenceCount).toBe(3_000 - theirs.filter((each, at) => each === line(at)).length);
});
