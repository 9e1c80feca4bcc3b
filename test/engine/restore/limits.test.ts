/** Very large records: what is as large as Kafka allows opens, what only wants to fill the memory is stopped. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { downloadObjects } from '../../../electron/engine/restore/download/download-objects';
import { openFilePreview, openPreview } from '../../../electron/engine/restore/preview';
import { searchTopic } from '../../../electron/engine/restore/search/search-topic';
import { EVERY_RECORD } from '../../../shared/model/search';
import { makeFolder, makeKey, startBucket, storeArchive } from './support';

const VALUE_BYTES = 10_000_000;
const signal = new AbortController().signal;

test('a value of 10 MB that makes a line of 60 MB opens, is found, and can be downloaded', async () => {
  const { store } = await startBucket();
  const { recipient, identity } = makeKey();
  const values = [Buffer.from('small'), Buffer.alloc(VALUE_BYTES, 1), Buffer.from('needle')];
  const object = await storeArchive(store, { values, recipients: [recipient] });

  const preview = await openPreview({ store, ...object, identities: [identity] });
  const { rows } = await preview.records(0, 100);
  const more = await preview.records(rows.length, 100);
  preview.close();
  const shown = [...rows, ...more.rows];
  expect(shown.map(({ offset }) => offset)).toEqual(['100', '101', '102']);
  expect(shown[1]).toMatchObject({ value: { bytes: VALUE_BYTES, cut: true } });

  const found: string[] = [];
  await searchTopic(store, {
    ...{ prefix: 'archive', topic: 'archivetest', partitions: null, identities: [identity], maxMatches: 10, signal },
    filter: { ...EVERY_RECORD, text: 'needle' },
    onMatches: (matches) => void found.push(...matches.map(({ line }) => String(line.offset))),
    onProgress: () => undefined,
  });
  expect(found).toEqual(['102']);

  const folder = await makeFolder();
  const { files } = await downloadObjects(store, [object], { form: 'decoded', folder, identities: [identity], signal });
  const lines = (await readFile(files[0]!)).toString('latin1').split('\n');
  expect(lines[1]!.length).toBeGreaterThan(6 * VALUE_BYTES);
  expect((JSON.parse(lines[1]!) as { value: string }).value.length).toBe(VALUE_BYTES);
});

test('a line of 200 MB is stopped at a limit that is said', async () => {
  const file = join(await makeFolder(), 'archivetest-0-0.jsonl.gz');
  const line = Buffer.concat([
    Buffer.from('{"offset":0,"timestamp":0,"key":null,"value":"'),
    Buffer.alloc(200_000_000, 'a'),
    Buffer.from('","headers":[]}\n'),
  ]);
  const block = gzipSync(line, { level: 1 });
  block.set([0x00, 0xff], 8); // the flags and the system that every block of an archive has
  await writeFile(file, block);

  const opened = openFilePreview(file, []).then((preview) => preview.records(0, 1));

  await expect(opened).rejects.toMatchObject({
    code: 'ARCHIVE_LIMIT',
    message: expect.stringMatching(/MB/) as unknown,
  });
});
