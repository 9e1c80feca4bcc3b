import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { applyLifecycle } from '../../electron/main/apply-lifecycle';
import { startSandboxBucketServer } from '../../electron/sandbox/gcs/server';
import { crcOf } from '../engine/store/store-contract';

const ice = Buffer.from('ice');

test("the sandbox's bucket applies its rules at once; no other server is asked to", async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-apply-'));
  const { endpoint, close } = await startSandboxBucketServer({ dataDir, port: 0 });
  onTestFinished(async () => {
    await close();
    await rm(dataDir, { recursive: true });
  });
  const { admin, bucket } = connectCloudStorage({ endpoint, projectId: 'test' });
  await admin.createBucket({ name: 'cold', location: 'EU', storageClass: 'STANDARD' });
  await bucket('cold').create('a/1', [ice], { metadata: {}, crc32c: crcOf(ice) });
  await bucket('cold').create('b/1', [ice], { metadata: {}, crc32c: crcOf(ice) });
  const lifecycle = [
    { kind: 'colder', storageClass: 'COLDLINE', ageDays: 0, prefix: 'a/' },
    { kind: 'delete', ageDays: 0, prefix: 'b/' },
  ] as const;
  await admin.changeSettings('cold', { lifecycle }, (await admin.settings('cold')).metageneration);

  expect(await applyLifecycle({ kind: 'cloud-storage', endpoint, projectId: 'test' }, 'cold')).toEqual({
    deleted: 1,
    moved: 1,
  });

  expect((await bucket('cold').list({})).objects).toMatchObject([{ name: 'a/1', storageClass: 'COLDLINE' }]);
  await expect(applyLifecycle({ kind: 'cloud-storage', endpoint, projectId: 'test' }, 'no-such')).rejects.toMatchObject(
    {
      code: 'STORE_REFUSED',
    },
  );
  await expect(applyLifecycle({ kind: 'cloud-storage', projectId: 'test' }, 'cold')).rejects.toMatchObject({
    code: 'STORE_REFUSED',
  });
  await expect(
    applyLifecycle({ kind: 'cloud-storage', endpoint: 'http://127.0.0.1:1', projectId: 'test' }, 'cold'),
  ).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
});
