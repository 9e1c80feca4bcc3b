/**
 * Looking into one large encrypted archive, and searching it: how long the first page takes, a place in its middle, and
 * what is read for that. In this process, from the sandbox's bucket.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EVERY_RECORD, type RecordFilter } from '../../shared/model/search';
import { parseIdentity, type Identity } from '../../electron/engine/keys/identity';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { openPreview } from '../../electron/engine/restore/preview';
import { searchTopic } from '../../electron/engine/restore/search/search-topic';
import type { RecordView } from '../../electron/engine/segment/record';
import { SegmentWriter, type SealedSegment } from '../../electron/engine/segment/segment-writer';
import { breadcrumbs } from '../../electron/engine/send/breadcrumbs';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { metadataOf, type Coverage } from '../../electron/engine/store/coverage-metadata';
import { buildObjectName } from '../../electron/engine/store/object-names';
import type { ObjectStore, StoredObject } from '../../electron/engine/store/port';
import { startSandboxBucketServer } from '../../electron/sandbox/gcs/server';
import { median } from './measure';
import type { Bench } from './speed';
import { print, seconds, table, tell } from './table';

const TOPIC = 'preview-bench';
const START_TIME = 1_671_494_400_000;
const ROUNDS = 5;

export async function measurePreview({ options, folder, recipient, identityFile }: Bench): Promise<void> {
  const server = await startSandboxBucketServer({ port: 0, dataDir: path.join(folder, 'preview') });
  try {
    const storage = connectCloudStorage({ endpoint: server.endpoint, projectId: 'bench' });
    await storage.admin.createBucket({ name: 'preview-bench', location: 'EU', storageClass: 'STANDARD' });
    const store = storage.bucket('preview-bench');
    const identities = [parseIdentity(await readFile(identityFile, 'utf8'))];
    const storedBytes = options.previewBytes;
    tell(`making an archive of ${mega(storedBytes)} MB`);
    const { object, records } = await makeArchive(store, recipient, storedBytes);
    print(`\nOne archive of ${mega(object.size)} MB, zstd 3 and age, ${records.toLocaleString('en')} records`);
    await measureLooks(store, object, identities, records);
    await measureSearches(store, identities);
  } finally {
    await server.close();
  }
}

async function measureLooks(
  store: ObjectStore,
  object: StoredObject,
  identities: readonly Identity[],
  records: number,
): Promise<void> {
  const middle = Math.floor(records / 2);
  const looks: readonly (readonly [string, (preview: Awaited<ReturnType<typeof openPreview>>) => Promise<number>])[] = [
    ['first 100 records', () => Promise.resolve(0)],
    ['100 records at an offset', (preview) => preview.rowOfOffset(BigInt(middle))],
    ['100 records at a time', (preview) => preview.rowOfTime(BigInt(START_TIME + middle))],
  ];
  const rows: string[][] = [];
  for (const [name, find] of looks) {
    const times: number[] = [];
    let bytesRead = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const begun = performance.now();
      const preview = await openPreview({ store, name: object.name, generation: object.generation, identities });
      const page = await preview.records(await find(preview), 100);
      times.push(performance.now() - begun);
      bytesRead = page.bytesRead;
      preview.close();
    }
    rows.push([name, seconds(median(times) / 1_000), mega(bytesRead)]);
  }
  print(`\n${table(['opened, found and shown', 'seconds', 'MB read'], rows)}`);
}

async function measureSearches(store: ObjectStore, identities: readonly Identity[]): Promise<void> {
  const searches: readonly (readonly [string, Partial<RecordFilter>])[] = [
    ['a text that is nowhere', { text: 'nowhere in it' }],
    ['a key', { key: '9999' }],
    ['a field', { conditions: ['VEHICLE_ID=9999'] }],
  ];
  const rows: string[][] = [];
  for (const [name, filter] of searches) {
    const cpu = process.cpuUsage();
    const begun = performance.now();
    const { encodedBytes, bytesRead } = await searchTopic(store, {
      ...{ prefix: '', topic: TOPIC, partitions: null, identities, maxMatches: Infinity },
      filter: { ...EVERY_RECORD, ...filter },
      signal: new AbortController().signal,
      onMatches: () => undefined,
      onProgress: () => undefined,
    });
    const took = (performance.now() - begun) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const cpuSeconds = (user + system) / 1e6;
    rows.push([name, seconds(took), seconds(cpuSeconds), mega(bytesRead), mega(encodedBytes / took)]);
  }
  print(`\n${table(['searched for', 'seconds', 'CPU s', 'MB read', 'MB of lines a second'], rows)}`);
}

async function makeArchive(
  store: ObjectStore,
  recipient: string,
  storedBytes: number,
): Promise<{ readonly object: StoredObject; readonly records: number }> {
  const source = breadcrumbs({ vehicles: 200, seed: 1 });
  let records = 0;
  const writer = new SegmentWriter(
    { clusterId: 'bench', topic: TOPIC, topicId: '', partition: 0, firstOffset: 0n },
    { codec: 'zstd', level: 3, recipients: [parseRecipient(recipient)] },
  );
  while (writer.storedBytes < storedBytes) {
    for (const { key, value } of source.next(10_000)) writer.add(viewOf(records++, key, value));
    await new Promise(setImmediate); // blocks are compressed beside
  }
  const sealed = await writer.close(BigInt(records));
  const name = buildObjectName({ prefix: '', topic: TOPIC, life: 'c-bench', partition: 0, firstOffset: 0n });
  const object = await store.create(name, sealed.body, {
    metadata: metadataOf(coverageOf(sealed)),
    crc32c: sealed.crc32c,
  });
  return { object, records };
}

function viewOf(offset: number, key: Buffer | null, value: Buffer | null): RecordView {
  const [keyLength, valueLength] = [key?.length ?? -1, value?.length ?? -1];
  return {
    bytes: Buffer.concat([key ?? Buffer.alloc(0), value ?? Buffer.alloc(0)]),
    offset,
    timestamp: START_TIME + offset,
    keyStart: 0,
    keyLength,
    valueStart: Math.max(0, keyLength),
    valueLength,
    headerCount: 0,
    headerSpans: new Int32Array(0),
  };
}

function coverageOf(sealed: SealedSegment): Coverage {
  return {
    ...sealed.identity,
    ...{ dropped: 0, control: 0, aborted: 0, corrupt: 0, reduction: null, leaderEpoch: 0 },
    firstTimestamp: sealed.firstTimestamp,
    lastTimestamp: sealed.lastTimestamp,
    rawBytes: sealed.rawBytes,
    encodedBytes: sealed.encodedBytes,
    compressedBytes: sealed.compressedBytes,
    codec: sealed.codec,
    recipients: sealed.recipients,
  };
}

/** MB, with what counts below one */
function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0);
}
