import { beforeEach, inject } from 'vitest';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { storeContract } from '../engine/store/store-contract';
import { startFakeGcs } from './fake-gcs';

const { gcs: whyNot } = inject('unavailable');
beforeEach(({ skip }) => {
  if (whyNot !== null) skip(whyNot);
});

storeContract(
  'Cloud Storage on fake-gcs-server',
  async () => {
    const gcs = await startFakeGcs();
    const storage = connectCloudStorage({ endpoint: gcs.endpoint, projectId: 'test' });
    await storage.admin.createBucket({ name: 'cold-store', location: 'EU', storageClass: 'NEARLINE' });
    return { store: storage.bucket('cold-store'), missing: storage.bucket('no-such'), close: () => gcs.close() };
  },
  {
    'a generation pins what is removed': 'fake-gcs-server ignores preconditions on delete',
    'strange names stay inside and apart': 'fake-gcs-server keeps objects as files of that name: at most 255 bytes',
  },
);
