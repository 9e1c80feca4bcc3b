import { expect, test } from 'vitest';
import {
  searchTopic,
  type SearchOptions,
  type SearchResult,
} from '../../../../electron/engine/restore/search/search-topic';
import type { ObjectStore } from '../../../../electron/engine/store/port';
import { PermafrostError } from '../../../../shared/errors';
import { EVERY_RECORD } from '../../../../shared/model/search';
import {
  breadcrumbValues,
  makeKey,
  overridden,
  replaceContent,
  startBucket,
  storeArchive,
  TIMESTAMP,
} from '../support';

interface Found extends SearchResult {
  readonly offsets: readonly string[];
}

async function search(
  store: ObjectStore,
  options: Partial<SearchOptions>,
  onFound: () => void = () => undefined,
): Promise<Found> {
  const offsets: string[] = [];
  const result = await searchTopic(store, {
    prefix: 'archive',
    topic: 'archivetest',
    partitions: null,
    filter: EVERY_RECORD,
    identities: [],
    maxMatches: Infinity,
    signal: new AbortController().signal,
    onMatches: (matches, { partition }) => {
      offsets.push(...matches.map(({ line }) => `${partition}:${line.offset}`));
      onFound();
    },
    onProgress: () => undefined,
    ...options,
  });
  return { ...result, offsets };
}

test('a text is found in all archives of a topic, encrypted or not', async () => {
  const { store } = await startBucket();
  const { identity, recipient } = makeKey();
  const values = [...breadcrumbValues(500), Buffer.from('the "needle" here')];
  await storeArchive(store, { partition: 0, values, recipients: [recipient], blockBytes: 20_000 });
  await storeArchive(store, { partition: 1, values: breadcrumbValues(50) });
  await storeArchive(store, { partition: 2, values, codec: 'none' });

  const found = await search(store, { filter: { ...EVERY_RECORD, text: '"needle"' }, identities: [identity] });

  expect(found.offsets).toEqual(['0:600', '2:600']);
  expect(found).toMatchObject({ end: 'complete', archives: 3, archivesDone: 3, matches: 2, failures: [] });
  expect(found.encodedBytes).toBeGreaterThan(found.storedBytes);
});

test('archives and blocks outside of the range are not read', async () => {
  const { store } = await startBucket();
  const object = await storeArchive(store, { partition: 0, values: breadcrumbValues(20_000), blockBytes: 50_000 });
  await storeArchive(store, { partition: 1, coverage: { firstTimestamp: 1n, lastTimestamp: 2n } });
  await storeArchive(store, { partition: 2, values: [] });

  const found = await search(store, {
    filter: { ...EVERY_RECORD, fromOffset: '10000', untilOffset: '10003', fromTime: String(TIMESTAMP) },
  });

  expect(found.offsets).toEqual(['0:10000', '0:10001', '0:10002']);
  expect(found).toMatchObject({ archives: 1, archivesSkipped: 2 });
  expect(found.bytesRead).toBeLessThan(object.size / 2);
});

test('an archive that cannot be read is told, and the search goes on', async () => {
  const { store } = await startBucket();
  const { recipient } = makeKey();
  const damaged = await storeArchive(store, { partition: 0, values: breadcrumbValues(500) });
  await replaceContent(store, damaged, (content) => {
    content[40] = (content[40] ?? 0) ^ 1;
    return content;
  });
  await storeArchive(store, { partition: 1, recipients: [recipient] });
  await storeArchive(store, { partition: 2, values: [Buffer.from('needle')] });

  const found = await search(store, { filter: { ...EVERY_RECORD, text: 'needle' } });

  expect(found.offsets).toEqual(['2:100']);
  expect(found.failures.map(({ error }) => error.code)).toEqual(['ARCHIVE_DAMAGED', 'KEY_MISSING']);
});

function isGone(thrown: unknown): void {
  if (!(thrown instanceof PermafrostError) || thrown.code !== 'STORE_NOT_FOUND') throw thrown;
}

test('an archive that vanishes while others are read is told, and the search goes on', async () => {
  const { store } = await startBucket();
  await storeArchive(store, { partition: 0, values: [Buffer.from('needle')] });
  const vanishing = await storeArchive(store, { partition: 1, values: [Buffer.from('needle')] });
  await storeArchive(store, { partition: 2, values: [Buffer.from('needle')] });

  const read: ObjectStore['read'] = async (name, range) => {
    if (name === vanishing.name) await store.remove(name).catch(isGone);
    return store.read(name, range);
  };
  const losing = overridden(store, { read });

  const found = await search(losing, { filter: { ...EVERY_RECORD, text: 'needle' } });

  expect(found.offsets).toEqual(['0:100', '2:100']);
  expect(found.failures).toMatchObject([{ error: { code: 'STORE_NOT_FOUND' } }]);
});

test('it ends when enough was found, and when it is cancelled', async () => {
  const { store } = await startBucket();
  await storeArchive(store, { partition: 0, values: breadcrumbValues(500), blockBytes: 10_000 });
  await storeArchive(store, { partition: 1, values: breadcrumbValues(500) });
  const cancelling = new AbortController();

  const enough = await search(store, { maxMatches: 3 });
  const cancelled = await search(store, { signal: cancelling.signal }, () => cancelling.abort());

  expect(enough).toMatchObject({ end: 'limit', offsets: ['0:100', '0:101', '0:102'] });
  expect(cancelled.end).toBe('cancelled');
  expect(cancelled.matches).toBeLessThan(500);
});

test('a topic without archives is refused, and so is a filter that cannot be read', async () => {
  const { store } = await startBucket();
  await storeArchive(store);

  await expect(search(store, { topic: 'other' })).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  await expect(search(store, { filter: { ...EVERY_RECORD, conditions: ['a <'] } })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    context: { field: 'conditions' },
  });
});
