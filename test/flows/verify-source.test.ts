/** Archives beside what Kafka still holds of them, record by record. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { metadataOf, parseCoverage } from '../../electron/engine/store/coverage-metadata';
import type { ObjectStore, StoredObject } from '../../electron/engine/store/port';
import { openBytes, openSegment } from '../../electron/engine/segment/segment-reader';
import { SegmentWriter } from '../../electron/engine/segment/segment-writer';
import type { ArchivedRecord } from '../../electron/engine/segment/record';
import { verify, type Verification, type VerifyOptions } from '../../electron/engine/restore/verify/verify';
import { NO_REDUCTION, type Reduction } from '../../shared/model/reduction';
import { viewOf, type SampleRecord } from '../engine/segment/support';
import { send } from './archiving';
import { events, permafrost } from './command';
import { BUCKET, TOPIC, type Environment } from './environment';
import { archiveAll, sendMixedRecords, setSettings } from './restoring';
import { startEnvironment } from './start-environment';

const BY_THOUSANDS = { maxBytes: 1e9, maxRecords: 1_000, maxAgeMs: 60_000 };

let environment: Environment;
/** may delete, as the archiver may not */
let owner: ObjectStore;

beforeEach(async () => {
  environment = await startEnvironment(1);
  owner = connectCloudStorage({ endpoint: environment.bucketEndpoint, projectId: 'test' }).bucket(BUCKET);
});
afterEach(() => environment.close());

async function compared(
  reduction: Reduction = NO_REDUCTION,
  part: NonNullable<VerifyOptions['content']>['part'] = null,
) {
  const { content, findings } = await verify(environment.store, {
    ...{ prefix: 'archive', topics: null, partitions: null, kafka: environment.kafka, groupId: 'archiver' },
    ...{ content: { part, source: { reduction } }, identities: [], onProgress: () => undefined },
    signal: new AbortController().signal,
  });
  return { content, source: content?.source, findings };
}

/** The archive with other records, whole in itself: somebody who may write to the bucket has made it. */
async function rewrite(
  { name, size, ...object }: StoredObject,
  change: (records: ArchivedRecord[]) => readonly SampleRecord[],
): Promise<void> {
  const coverage = parseCoverage({ name, ...object });
  const segment = await openSegment(openBytes(await owner.read(name, { start: 0, end: size })), { identities: [] });
  const start = { ...coverage, clusterId: segment.identity?.clusterId ?? '' };
  const writer = new SegmentWriter(start, { codec: 'zstd', level: 3, recipients: [] });
  const records: ArchivedRecord[] = [];
  for await (const lines of segment.lines()) records.push(...lines.filter((line) => line.kind === 'record'));
  for (const record of change(records)) writer.add(viewOf(record));
  const sealed = await writer.close(coverage.nextOffset);
  await owner.remove(name);
  const metadata = metadataOf({ ...coverage, ...sealed, control: 0, aborted: 0, records: sealed.identity.records });
  await owner.create(name, sealed.body, { metadata, crc32c: sealed.crc32c });
}

async function archives(): Promise<readonly StoredObject[]> {
  return (await owner.list({ prefix: `archive/${TOPIC}/` })).objects;
}

test('mixed records, with transactions and aborted ones, are equal', async () => {
  await sendMixedRecords(environment, 1, 4_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });

  const { source, content, findings } = await compared();

  expect(findings).toEqual([]);
  expect(source).toEqual({ equal: content!.records, gone: 0, incomparable: { life: 0, rule: 0 } });
  expect(content!.records).toBe(content!.ofRecords);
});

test('a value that was changed, and a record that was left out, are found with their offsets', async () => {
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  const [, second] = await archives();
  await rewrite(second!, (records) =>
    records
      .filter(({ offset }) => offset !== 1_700n)
      .map((record) => (record.offset === 1_234n ? { ...record, value: '{"number":1235}' } : record)),
  );

  const { source, findings } = await compared();

  expect(findings).toMatchObject([
    { kind: 'differs', firstOffset: 1_234n, object: second!.name, cause: expect.stringContaining('value') as unknown },
    { kind: 'not-archived', firstOffset: 1_700n, object: second!.name },
  ]);
  expect(source?.equal).toBe(2_998);
});

test('what Kafka has deleted since is told, and is no finding', async () => {
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  await environment.admin.deleteRecords(TOPIC, [{ partition: 0, offset: 1_250n }]);

  const { source, findings } = await compared();

  expect(findings).toEqual([]);
  expect(source).toMatchObject({ equal: 1_750, gone: 1_250 });
});

test.each([
  ['delete', 'a record that Kafka does not have is found'],
  ['compact', 'a record that Kafka does not have may have been compacted away'],
])('cleanup.policy %s: %s', async (policy) => {
  await sendMixedRecords(environment, 1, 4_000);
  await archiveAll(environment);
  const only = (await archives()).find(({ metadata }) => Number(metadata['aborted']) > 0);
  let hole = 0n;
  await rewrite(only!, (records) => {
    // what was aborted is no record
    const taken = new Set(records.map(({ offset }) => offset));
    hole = BigInt(only!.metadata['first-offset']!);
    while (taken.has(hole)) hole += 1n;
    const at = records.findIndex(({ offset }) => offset > hole);
    return records.toSpliced(at === -1 ? records.length : at, 0, { ...records[0]!, offset: hole });
  });
  await setSettings(environment, TOPIC, { 'cleanup.policy': policy });

  const { source, findings } = await compared();

  if (policy === 'compact') expect({ findings, gone: source?.gone }).toEqual({ findings: [], gone: 1 });
  else expect(findings).toMatchObject([{ kind: 'not-in-kafka', firstOffset: hole, object: only!.name }]);
});

test('archives that a rule has reduced are compared by that rule alone', async () => {
  const reduction = { ...NO_REDUCTION, oneIn: 10 };
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS, reduction });

  expect((await compared()).source).toMatchObject({ equal: 0, incomparable: { rule: 3 } });
  const { source, content, findings } = await compared(reduction);
  expect(findings).toEqual([]);
  expect(source).toMatchObject({ equal: content!.records, incomparable: { rule: 0 } });
});

test('the command compares a part, says its share, and needs to know which Kafka', async () => {
  await send(environment, 0, 4_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  const { kafkaAddress, bucketEndpoint } = environment;
  const where = ['--endpoint', bucketEndpoint, '--bucket', BUCKET, '--json'];

  const half = permafrost('verify', ...where, '--brokers', kafkaAddress, '--source', '--part', '50%');
  expect(await half.ended).toMatchObject({ code: 0 });
  const [{ content }] = events(half, 'verified') as unknown as [Pick<Verification, 'content'>];
  expect(content).toMatchObject({ part: { kind: 'per cent', perCent: 50 }, ofRecords: 4_000, ofArchives: 4 });
  expect(content!.storedBytes).toBeLessThanOrEqual(content!.ofStoredBytes / 2);
  expect(content!.records).toBeGreaterThan(0);
  expect(content!.source!.equal).toBe(content!.records);

  const nowhere = permafrost('verify', ...where, '--source');
  expect(await nowhere.ended).toMatchObject({ code: 2 });
});
