/** What a bucket holds, told by the command from metadata alone. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { send } from './archiving';
import { events, permafrost, type Running } from './command';
import { BUCKET, TOPIC, type Environment } from './environment';
import { archiveAll } from './restoring';
import { startEnvironment } from './start-environment';

let environment: Environment;

beforeEach(async () => {
  environment = await startEnvironment(2);
});
afterEach(() => environment.close());

function list(...flags: string[]): Running {
  return permafrost('list', '--endpoint', environment.bucketEndpoint, '--bucket', BUCKET, ...flags);
}

test('archives are listed, chosen and sorted by what their metadata say', async () => {
  const key = await generateRsaKeyPair(2048);
  const recipient = parseRecipient(key.publicKey);
  await send(environment, 0, 3_000);
  await archiveAll(environment, {
    recipients: [recipient],
    limits: { maxBytes: 1e9, maxRecords: 1_000, maxAgeMs: 60_000 },
  });

  const all = list('--json', '--sort', 'records');
  const chosen = list('--json', '--partition', '1', '--fingerprint', recipient.fingerprint.slice(-8));
  const none = list('--json', '--time', '2100-01-01');
  const table = list('--topic', TOPIC);

  const codes = await Promise.all([all, chosen, none, table].map(async ({ ended }) => (await ended).code));
  expect(codes).toEqual([0, 0, 0, 0]);
  const rows = events(all, 'archive') as unknown as { readonly archive: { readonly records: number } }[];
  const counts = rows.map(({ archive }) => archive.records);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3_000);
  expect(events(all, 'listed')).toMatchObject([{ archives: rows.length, records: 3_000 }]);
  expect(events(chosen, 'archive').length).toBeGreaterThan(0);
  for (const row of events(chosen, 'archive')) expect(row).toMatchObject({ archive: { partition: 1 } });
  expect(events(none, 'listed')).toMatchObject([{ archives: 0 }]);
  expect(table.lines[0]).toMatch(/^topic +part +offsets +records/);
  expect(table.lines.at(-1)).toMatch(/archives, 3,000 records/);
});

test('who reads only the first line of the list ends it in order', async () => {
  await send(environment, 0, 100);
  await archiveAll(environment, {});
  const listing = list('--all');
  listing.process.stdout?.destroy();

  expect(await listing.ended).toMatchObject({ code: 0 });
});
