import { expect, test } from 'vitest';
import { BlockBuffers } from '../../../electron/engine/segment/block-buffers';
import { BlockBuilder, type EncodedBlock } from '../../../electron/engine/segment/block-builder';
import { viewOf } from './support';

const KIB = 1024;

/** Builders that share memory, and the blocks each has handed on. */
function builders(count: number, maxOpenBytes: number) {
  const buffers = new BlockBuffers({ maxBytes: 320 * KIB, maxFreeBytes: 640 * KIB, maxOpenBytes });
  const all = Array.from({ length: count }, () => {
    const blocks: EncodedBlock[] = [];
    const builder = new BlockBuilder(64 * KIB, buffers, (block) => {
      blocks.push({ ...block, buffer: Buffer.from(block.buffer.subarray(0, block.encodedBytes)) });
      buffers.giveBack(block.buffer);
    });
    return { builder, blocks };
  });
  return { buffers, all };
}

test('many open blocks stay within their memory: the fullest is closed early, and every line arrives once, in order', () => {
  const maxOpenBytes = 400 * KIB;
  const { all } = builders(50, maxOpenBytes);

  let most = 0;
  for (let offset = 0; offset < 200; offset += 1) {
    for (const { builder } of all) builder.add(viewOf({ offset, value: 'v'.repeat(500) }));
    most = Math.max(most, all.reduce((sum, { builder }) => sum + builder.heldBytes, 0)); // prettier-ignore
  }
  for (const { builder } of all) builder.flush();

  expect(most).toBeLessThanOrEqual(maxOpenBytes);
  for (const { blocks } of all) {
    const lines = blocks.map(({ buffer }) => buffer.toString()).join('').split('\n').slice(0, -1); // prettier-ignore
    expect(lines.map((line) => (JSON.parse(line) as { offset: number }).offset)).toEqual([...Array(200).keys()]);
    expect(blocks.reduce((sum, { records }) => sum + records, 0)).toBe(200);
  }
});

test('a few open blocks are closed by their size alone', () => {
  const { all } = builders(2, 2000 * KIB);

  for (let offset = 0; offset < 1000; offset += 1) {
    for (const { builder } of all) builder.add(viewOf({ offset, value: 'v'.repeat(500) }));
  }

  for (const { blocks } of all) {
    for (const { encodedBytes } of blocks) expect(encodedBytes).toBeGreaterThan(63 * KIB);
    expect(blocks.length).toBeGreaterThan(5);
  }
});

test('a line that is larger than all the memory is taken nevertheless, and its buffer is not kept', () => {
  const { all, buffers } = builders(2, 100 * KIB);
  const [first, second] = all as [(typeof all)[0], (typeof all)[0]];

  first.builder.add(viewOf({ offset: 1, value: 'small' }));
  second.builder.add(viewOf({ offset: 1, value: Buffer.alloc(500 * KIB, 'v') }));

  expect(first.blocks).toHaveLength(1); // closed to make room
  expect(second.blocks).toHaveLength(1);
  expect(buffers.freeBytes).toBeLessThan(320 * KIB);
});

test('a buffer that was given back is used again', () => {
  const { all, buffers } = builders(1, 2000 * KIB);
  const { builder } = all[0]!;

  builder.add(viewOf({ offset: 1, value: 'v' }));
  const held = builder.heldBytes;
  builder.discard();

  expect([builder.heldBytes, buffers.freeBytes]).toEqual([0, held]);
  builder.add(viewOf({ offset: 2, value: 'v' }));
  expect([builder.heldBytes, buffers.freeBytes]).toEqual([held, 0]);
});
