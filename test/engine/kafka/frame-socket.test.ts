import { expect, test } from 'vitest';
import { FramePool } from '../../../electron/engine/kafka/frame-pool';
import { FrameReader } from '../../../electron/engine/kafka/frame-socket';

function answer(bytes: number, fill: number): Buffer {
  const frame = Buffer.alloc(4 + bytes, fill);
  frame.writeInt32BE(bytes);
  return frame;
}

/** Feeds a stream in reads of at most so many bytes, as a socket does. */
function read(stream: Buffer, bytesPerRead: number): Buffer[] {
  const frames: Buffer[] = [];
  const reader = new FrameReader((frame) => frames.push(Buffer.from(frame)));
  for (let at = 0; at < stream.length;) {
    const count = stream.copy(reader.target(), 0, at, Math.min(stream.length, at + bytesPerRead));
    reader.received(count);
    at += count;
  }
  return frames;
}

test('answers come out whole, however the stream is cut', () => {
  const answers = [answer(0, 1), answer(1, 2), answer(70, 3), answer(5, 4), answer(3, 5)];
  const stream = Buffer.concat(answers);
  for (const bytesPerRead of [1, 2, 3, 5, 7, stream.length]) {
    expect(read(stream, bytesPerRead)).toEqual(answers);
  }
});

test('an answer that is larger than one read goes straight into its own buffer', () => {
  const answers = [answer(70_000, 1), answer(200_000, 2), answer(5, 3), answer(300_000, 4)];
  for (const bytesPerRead of [1_000, 65_536]) expect(read(Buffer.concat(answers), bytesPerRead)).toEqual(answers);
});

test('a peer that does not speak Kafka is refused before memory is taken for it', () => {
  expect(() => read(Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 100)).toThrow('not Kafka');
  expect(() => read(Buffer.from([0xff, 0xff, 0xff, 0xff]), 100)).toThrow('not Kafka');
});

test('memory is used again when its last reader has let go, not before', () => {
  const pool = new FramePool();
  const first = pool.take(1_000_000);
  pool.hold(first.subarray(0, 500));
  pool.hold(first.subarray(500));

  pool.letGo(first.subarray(0, 500));
  const meanwhile = pool.take(1_000_000);
  pool.letGo(first.subarray(500));
  const afterwards = pool.take(900_000);

  expect(meanwhile.buffer).not.toBe(first.buffer);
  expect(afterwards.buffer).toBe(first.buffer);
  expect(afterwards).toHaveLength(900_000);
  expect(pool.take(900_000).buffer).not.toBe(first.buffer);
});

test('letting go of what nobody holds gives nothing away', () => {
  const pool = new FramePool();
  const frame = pool.take(1_000_000);
  pool.letGo(frame);
  expect(pool.take(1_000_000).buffer).not.toBe(frame.buffer);
});
