import { expect, test } from 'vitest';
import { CompressionBacklog } from '../../../electron/engine/segment/compression-backlog';
import { compressorCaughtUp, SegmentWriter } from '../../../electron/engine/segment/segment-writer';
import { START, viewOf } from './support';

test('who adds waits while there is too much, and goes on as soon as there is not', async () => {
  const backlog = new CompressionBacklog(10);
  const wentOn: string[] = [];
  await backlog.shortEnough();
  backlog.entered(8);
  await backlog.shortEnough();
  backlog.entered(8);

  const waiting = ['a', 'b'].map((name) => backlog.shortEnough().then(() => wentOn.push(name)));
  backlog.entered(8);
  backlog.left(8);
  await Promise.resolve();
  expect([backlog.bytes, wentOn]).toEqual([16, []]);
  backlog.left(8);
  await Promise.all(waiting);

  expect(wentOn).toEqual(['a', 'b']);
});

test('a segment that waits for the compressor holds a part of what it was given', async () => {
  const writer = new SegmentWriter(START, { codec: 'gzip', level: 1, recipients: [] });
  const value = Buffer.alloc(1_000_000, 'wren');
  let most = 0;

  for (let offset = 100; offset < 160; offset += 1) {
    writer.add(viewOf({ offset, value }));
    await compressorCaughtUp();
    most = Math.max(most, writer.heldBytes);
  }
  await writer.close(160n);

  expect(most).toBeLessThan(20_000_000);
});
