import { bench, describe } from 'vitest';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { parseIdentity } from '../../electron/engine/keys/identity';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { RecordCursor, recordBatches } from '../../electron/engine/kafka/record-batch';
import type { BatchEncoder } from '../../electron/engine/segment/batch-encoder';
import { BlockBuffers } from '../../electron/engine/segment/block-buffers';
import { BlockBuilder, SLACK_BYTES } from '../../electron/engine/segment/block-builder';
import { ReferenceEncoder } from '../../electron/engine/segment/reference-encoder';
import { openBytes, openSegment } from '../../electron/engine/segment/segment-reader';
import { SegmentWriter } from '../../electron/engine/segment/segment-writer';
import { WasmEncoder } from '../../electron/engine/segment/wasm-encoder';
import type { Codec } from '../../electron/engine/segment/identity';
import { breadcrumbs } from '../../electron/engine/send/breadcrumbs';
import { encodeBatch } from '../engine/kafka/batches';

/** One operation is this many breadcrumbs: multiply `hz` by it for records a second. */
const RECORDS = 20_000;

const key = await generateRsaKeyPair(3072);
const recipients = [parseRecipient(key.publicKey)];
const identities = [parseIdentity(key.privateKeyPem)];
const source = breadcrumbs({ vehicles: 24, seed: 1 });
const batches = Array.from({ length: RECORDS / 500 }, (_, index) =>
  encodeBatch({
    baseOffset: BigInt(index * 500),
    records: source.next(500).map(({ key: name, value, headers }) => ({
      key: name,
      value,
      headers: headers.map(([header, content]) => [Buffer.from(header), content] as const),
    })),
  }),
);
const log = Buffer.concat(batches);

const wasm = new WasmEncoder();
const reference = new ReferenceEncoder();

/** Encodes alone; the blocks are given back at once. */
function encode(encoder: BatchEncoder): void {
  const builder = new BlockBuilder(1024 * 1024, buffers, ({ buffer }) => buffers.giveBack(buffer));
  const cursor = new RecordCursor();
  for (const batch of recordBatches(log)) {
    cursor.open(batch);
    encoder.encode(cursor, 0n, builder);
  }
  builder.flush();
}

const buffers = new BlockBuffers({ maxBytes: 1024 * 1024 + SLACK_BYTES, maxFreeBytes: 4e6, maxOpenBytes: 24e6 });

async function archive(codec: Codec, level: number, isEncrypted: boolean, encoder: BatchEncoder = wasm) {
  const start = { clusterId: 'c', topic: 't', topicId: 'i', partition: 0, firstOffset: 0n };
  const writer = new SegmentWriter(start, { codec, level, recipients: isEncrypted ? recipients : [], encoder });
  const cursor = new RecordCursor();
  for (const batch of recordBatches(log)) {
    cursor.open(batch);
    writer.addBatch(cursor, 0n);
  }
  return writer.close(BigInt(RECORDS));
}

describe(`encoding ${RECORDS} breadcrumbs from record batches`, () => {
  bench('WebAssembly', () => encode(wasm));
  bench('reference', () => encode(reference));
});

describe(`writing ${RECORDS} breadcrumbs from record batches`, () => {
  bench('zstd 3, age', async () => {
    await archive('zstd', 3, true);
  });
  bench('zstd 3, age, reference encoder', async () => {
    await archive('zstd', 3, true, reference);
  });
  bench('zstd 3', async () => {
    await archive('zstd', 3, false);
  });
  bench('zstd 1, age', async () => {
    await archive('zstd', 1, true);
  });
  bench('gzip 6, age', async () => {
    await archive('gzip', 6, true);
  });
  bench('none', async () => {
    await archive('none', 0, false);
  });
});

const stored = Buffer.concat((await archive('zstd', 3, true)).body);

describe(`reading ${RECORDS} breadcrumbs back`, () => {
  bench('zstd, age: every line', async () => {
    const segment = await openSegment(openBytes(stored), { identities });
    for await (const lines of segment.lines()) if (lines.length === 0) throw new Error('an empty block');
  });
  bench('zstd, age: the first block', async () => {
    const segment = await openSegment(openBytes(stored), { identities });
    await segment.readBlock(0);
  });
});
