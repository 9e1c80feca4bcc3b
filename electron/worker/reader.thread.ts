/** The reader's thread: lists, downloads, decrypts and looks inside, away from the main process. It holds private keys. */
import { randomUUID } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { PermafrostError } from '../../shared/errors';
import type { OpenedArchive } from '../../shared/model/archive';
import { parseIdentity, type Identity } from '../engine/keys/identity';
import { listBuckets } from '../engine/restore/list-buckets';
import { deleteAllObjects, deleteObjects, type DeleteResult } from '../engine/restore/delete';
import { downloadObjects } from '../engine/restore/download/download-objects';
import { HeldObjects, retentionOf } from '../engine/restore/held';
import { lossOfBucket } from '../engine/restore/loss';
import { openFilePreview, openPreview, type Preview } from '../engine/restore/preview';
import { exportRecords } from '../engine/restore/search/export-records';
import { connectStorage, type Storage } from '../engine/store/open-store';
import type { BucketAdmin } from '../engine/store/port';
import { serve } from './channel';
import { RunningJobs, type JobOutcome } from './job-protocol';
import type { ReaderEvents, ReaderRequests } from './reader-protocol';
import { Throughput } from '../engine/send/throughput';

const jobs = new RunningJobs();
const previews = new Map<string, Preview>();
let storage: Storage | null = null;
let identities: readonly Identity[] = [];

const handlers: ReaderRequests = {
  configure: async ({ connections, privateKeys }) => {
    storage = await connectStorage(connections.storage);
    identities = privateKeys.map(parseIdentity);
    return null;
  },

  buckets: ({ always }) => listBuckets(connected().admin, always),
  createBucket: (bucket) => admin().createBucket(bucket),
  loss: async ({ bucket }) => lossOfBucket(connected().bucket(bucket), await heldIn(bucket)),
  bucketSettings: ({ bucket }) => admin().settings(bucket),
  changeBucketSettings: ({ bucket, change, metageneration }) => admin().changeSettings(bucket, change, metageneration),
  lockRetention: ({ bucket, metageneration }) => admin().lockRetention(bucket, metageneration),

  deleteBucket: ({ jobId, bucket }) =>
    jobs.run(jobId, async (signal) => {
      const options = { signal, onProgress: progressOf(jobId) };
      const deletion = await deleteAllObjects(connected().bucket(bucket), await heldIn(bucket), options);
      if (deletion.state === 'cancelled') return deletedOutcome(deletion, bucket);
      await admin().deleteBucket(bucket);
      const objects = counted(deletion.deleted, 'object');
      return { state: 'done', done: deletion.deleted, result: `Bucket ${bucket} and its ${objects} deleted` };
    }),

  deleteObjects: ({ jobId, bucket, objects }) =>
    jobs.run(jobId, async (signal) =>
      deletedOutcome(
        await deleteObjects(connected().bucket(bucket), objects, { signal, onProgress: progressOf(jobId) }),
        bucket,
      ),
    ),

  download: ({ jobId, bucket, objects, form, folder }) =>
    jobs.run(jobId, async (signal) => {
      const { state, files, alreadyThere, bytes } = await downloadObjects(connected().bucket(bucket), objects, {
        form,
        folder,
        identities,
        signal,
        onProgress: progressOf(jobId),
      });
      const there = alreadyThere === 0 ? '' : `, ${alreadyThere.toLocaleString('en')} of them were there already`;
      const saved = `${counted(files.length, 'file')} saved to ${folder}${there}`;
      return { state, done: bytes, result: state === 'done' ? saved : `Cancelled: ${saved}` };
    }),

  open: async ({ bucket, name, generation }) =>
    keep(await openPreview({ store: connected().bucket(bucket), name, generation, identities })),
  openFile: async ({ path }) => keep(await openFilePreview(path, identities)),
  records: ({ handle, from, count }) => opened(handle).records(from, count),
  row: async ({ handle, by, at }) => {
    const preview = opened(handle);
    return { row: await (by === 'offset' ? preview.rowOfOffset(BigInt(at)) : preview.rowOfTime(BigInt(at))) };
  },
  filter: ({ handle, filter }) => {
    opened(handle).filter(filter);
    return null;
  },
  matches: ({ handle, count }) => opened(handle).matches(count),
  exportRecords: ({ jobId, handle, filter, form, target }) =>
    jobs.run(jobId, async (signal) => {
      const progress = progressOf(jobId);
      const onProgress = (done: number): void => progress({ done, total: null });
      const blocks = opened(handle).scan(filter);
      const { path, records, bytes } = await exportRecords({ blocks, form, target, signal, onProgress });
      return { state: 'done', done: bytes, result: `${counted(records, 'message')} saved to ${path}` };
    }),

  close: ({ handle }) => {
    previews.get(handle)?.close();
    previews.delete(handle);
    return null;
  },

  cancel: ({ jobId }) => {
    jobs.cancel(jobId);
    return null;
  },
};

function keep(preview: Preview): OpenedArchive {
  const handle = randomUUID();
  previews.set(handle, preview);
  return { handle, ...preview.info };
}

function opened(handle: string): Preview {
  const preview = previews.get(handle);
  if (preview === undefined) throw new PermafrostError('BUSY', 'This archive is no longer open. Open it again.');
  return preview;
}

function connected(): Storage {
  if (storage === null) throw new PermafrostError('INTERNAL', 'The reader is not connected.');
  return storage;
}

/** @throws PermafrostError STORE_REFUSED where archives lie in a folder */
function admin(): BucketAdmin {
  const found = connected().admin;
  if (found !== null) return found;
  throw new PermafrostError(
    'STORE_REFUSED',
    'Archives lie in a folder here: it is no bucket that can be made or changed.',
  );
}

async function heldIn(bucket: string): Promise<HeldObjects> {
  return new HeldObjects(await retentionOf(admin(), bucket), Date.now());
}

function progressOf(jobId: string): (progress: { readonly done: number; readonly total: number | null }) => void {
  const throughput = new Throughput(Date.now());
  return ({ done, total }) => {
    channel.emit('progress', { jobId, done, total, ratePerSecond: throughput.measure(Date.now(), done) });
  };
}

function deletedOutcome({ state, deleted }: DeleteResult, bucket: string): JobOutcome {
  const result = `${counted(deleted, 'object')} deleted from ${bucket}`;
  return { state, done: deleted, result: state === 'done' ? result : `Cancelled: ${result}` };
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

if (parentPort === null) throw new Error('The reader runs in a worker thread');
const channel = serve<ReaderEvents>(parentPort, handlers);
