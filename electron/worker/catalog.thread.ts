/** The catalog's thread: knows what the bucket holds that the window shows. It holds no private keys. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { PermafrostError, toPlainError } from '../../shared/errors';
import { BucketBrowser } from '../engine/restore/catalog/bucket-browser';
import { effectOf } from '../engine/restore/catalog/lifecycle-effect';
import { usageOf } from '../engine/restore/catalog/usage';
import { connectStorage, type Storage } from '../engine/store/open-store';
import type { CatalogEvents, CatalogRequests } from './catalog-protocol';
import { serve } from './channel';

const CHANGED_EVERY_MS = 250;

let configuration:
  (Omit<Parameters<CatalogRequests['configure']>[0], 'connections'> & { readonly storage: Storage }) | null = null;
let browser: BucketBrowser | null = null;
let telling: NodeJS.Timeout | null = null;

const handlers: CatalogRequests = {
  configure: async ({ connections, ...next }) => {
    const storage = configuration?.storage ?? (await connectStorage(connections.storage));
    configuration = { ...next, storage };
    browser?.setKeys(new Set(next.ownFingerprints));
    return null;
  },

  look: ({ bucket, query, active }) => (browser?.bucket === bucket ? browser : enter(bucket)).look(query, active),
  rows: ({ bucket, from, count }) => opened(bucket).rows(from, count),
  find: ({ bucket, name }) => opened(bucket).find(name),
  tick: ({ bucket, tick }) => {
    opened(bucket).tick(tick);
    return null;
  },
  refresh: ({ bucket, kind, names }) => {
    if (browser?.bucket === bucket) void browser.refresh(kind, names); // never throws: the view says what failed
    return null;
  },
  choose: ({ bucket, choice, opensOnly }) => opened(bucket).choose(choice, opensOnly),
  usage: ({ bucket }) => {
    const rows = opened(bucket).wholeRows();
    return rows === null ? null : usageOf(rows, Date.now());
  },
  lifecycleEffect: ({ bucket, rules }) => {
    const rows = opened(bucket).wholeRows();
    return rows === null ? null : effectOf(rules, rows, Date.now());
  },
};

function enter(bucket: string): BucketBrowser {
  if (configuration === null) throw new PermafrostError('INTERNAL', 'The catalog is not connected.');
  browser?.close();
  const { storage, ownFingerprints, folder } = configuration;
  const fileName = createHash('sha256').update(bucket).digest('hex');
  browser = new BucketBrowser({
    store: storage.bucket(bucket),
    bucket,
    file: path.join(folder, `${fileName}.jsonl.gz`),
    ownFingerprints: new Set(ownFingerprints),
    onChange: () => {
      telling ??= setTimeout(() => {
        telling = null;
        channel.emit('changed', { bucket });
      }, CHANGED_EVERY_MS);
    },
    onProblem: (error) => channel.emit('problem', toPlainError(error)),
  });
  void browser.open(); // never throws: the view says what failed
  return browser;
}

function opened(bucket: string): BucketBrowser {
  if (browser?.bucket === bucket) return browser;
  throw new PermafrostError('BUSY', `The list of ${bucket} is not open. Open it again.`, { context: { bucket } });
}

if (parentPort === null) throw new Error('The catalog runs in a worker thread');
const channel = serve<CatalogEvents>(parentPort, handlers);
