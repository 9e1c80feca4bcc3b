import { bench, describe } from 'vitest';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { parseIdentity } from '../../electron/engine/keys/identity';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { RecordCursor, recordBatches } from '../../electron/engine/kafka/record-batch';
import { openBytes, openSegment } from '../../electron/engine/segment/segment-reader';
import { SegmentWriter } from '../../electron/engine/segment/segment-writer';
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

async function archive(codec: Codec, level: number, isEncrypted: boolean) {
  const start = { clusterId: 'c', topic: 't', topicId: 'i', partition: 0, firstOffset: 0n };
  const writer = new SegmentWriter(start, { codec, level, recipients: isEncrypted ? recipients : [] });
  const cursor = new RecordCursor();
  for (const batch of recordBatches(log)) {
    cursor.open(batch);
    while (cursor.next()) writer.add(cursor);
  }
  return writer.close(BigInt(RECORDS));
}

describe(`writing ${RECORDS} breadcrumbs from record batches`, () => {
  bench('zstd 3, age', async () => {
    await archive('zstd', 3, true);
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
