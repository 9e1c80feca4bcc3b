/**
 * A bucket of very many objects: how long its first page takes, all of it, and a later visit; in this process and in the
 * app's window, where it is scrolled as well. From the sandbox's bucket.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Page } from '@playwright/test';
import { prepareElectron, TEST_FLAGS } from '../../scripts/electron/prepare.mjs';
import { goTo } from '../../scripts/demo/window.mjs';
import { NO_FILTER, WHOLE_BUCKET, type CatalogQuery } from '../../shared/model/catalog';
import { DEFAULT_SETTINGS } from '../../shared/model/settings';
import { BucketBrowser } from '../../electron/engine/restore/catalog/bucket-browser';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { metadataOf } from '../../electron/engine/store/coverage-metadata';
import { buildObjectName } from '../../electron/engine/store/object-names';
import type { ObjectStore } from '../../electron/engine/store/port';
import { startSandboxBucketServer } from '../../electron/sandbox/gcs/server';
import { launchApp } from '../e2e/app';
import { ready } from '../e2e/checks';
import { measure, median } from './measure';
import { COMMAND } from './servers';
import type { Bench } from './speed';
import { megabytes, print, seconds, table, tell } from './table';

const BUCKET = DEFAULT_SETTINGS.bucket;
const TOPIC = 'list-bench';
const PARTITIONS = 12;
const UPLOADS_AT_ONCE = 128;
/** records of an archive; their content does not matter to a list */
const RECORDS = 4_000;
const START_TIME = 1_671_494_400_000;

export async function measureList({ options, folder }: Bench): Promise<void> {
  const userData = path.join(folder, 'list');
  const data = path.join(userData, 'data');
  await mkdir(data, { recursive: true });
  await writeFile(
    path.join(data, 'settings.json'),
    JSON.stringify({ sandboxKafkaPort: 0, sandboxBucketPort: 0 }), // free ones
  );
  const server = await startSandboxBucketServer({ port: 0, dataDir: path.join(data, 'sandbox/bucket') });
  try {
    const storage = connectCloudStorage({ endpoint: server.endpoint, projectId: 'bench' });
    await storage.admin.createBucket({ name: BUCKET, location: 'EU', storageClass: 'NEARLINE' });
    const store = storage.bucket(BUCKET);
    tell(`filling a bucket with ${options.listObjects.toLocaleString('en')} objects`);
    await fill(store, options.listObjects);
    print(`\nA bucket of ${options.listObjects.toLocaleString('en')} archives on ${PARTITIONS} partitions`);
    await measureBrowser(store, path.join(folder, 'catalog.jsonl.gz'), options.listObjects);
    await measureCommand(server.endpoint, folder);
  } finally {
    await server.close();
  }
  await measureWindow(userData, options.listObjects);
}

async function fill(store: ObjectStore, objects: number): Promise<void> {
  let next = 0;
  const upload = async (): Promise<void> => {
    while (next < objects) await uploadOne(store, next++);
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, upload));
}

async function uploadOne(store: ObjectStore, index: number): Promise<void> {
  const partition = index % PARTITIONS;
  const firstOffset = BigInt(Math.floor(index / PARTITIONS)) * BigInt(RECORDS);
  const firstTimestamp = BigInt(START_TIME + index * 1_000);
  const metadata = metadataOf({
    ...{ topic: TOPIC, topicId: 'life', partition, firstOffset, nextOffset: firstOffset + BigInt(RECORDS) },
    ...{ records: RECORDS, dropped: 0, control: 0, aborted: 0, corrupt: 0, gap: null, reduction: null },
    ...{ firstTimestamp, lastTimestamp: firstTimestamp + 60_000n, leaderEpoch: 0 },
    ...{ rawBytes: 1_000_000 + index, encodedBytes: 1_300_000 + index, compressedBytes: 90_000 + (index % 1_000) },
    ...{ codec: 'zstd', recipients: ['SHA256:Zk0yZmYxMmE5ZjE4ZTg3YzQ0N2I2ZjE4ZTg3YzQ0N2I2Zm'] },
  });
  const name = buildObjectName({ prefix: 'archive', topic: TOPIC, life: 'life', partition, firstOffset });
  await store.create(name, [Buffer.from('x')], { metadata, crc32c: X_CRC32C });
}

/** of "x", base64 */
const X_CRC32C = 'qTxfkw==';

interface Visit {
  readonly firstPageMs: number;
  readonly wholeMs: number;
  readonly requests: number;
}

async function measureBrowser(store: ObjectStore, file: string, objects: number): Promise<void> {
  const heapBefore = heapUsed();
  const first = await visit(store, file, objects);
  const heap = heapUsed() - heapBefore;
  const second = await visit(store, file, objects);
  print(
    `\n${table(
      ['', 'first page s', 'all s', 'requests'],
      [
        ['first visit', seconds(first.firstPageMs / 1e3), seconds(first.wholeMs / 1e3), String(first.requests)],
        ['second visit', seconds(second.firstPageMs / 1e3), seconds(second.wholeMs / 1e3), String(second.requests)],
      ],
    )}`,
  );
  const { sort, filter, next } = await measureLooks(second.browser, objects);
  print(
    `\n${table(
      ['then', 'ms'],
      [
        ['in another order', sort.toFixed(1)],
        ['filtered by text', filter.toFixed(1)],
        ['the next 100 rows', next.toFixed(2)],
        ['memory, MB', megabytes(heap)],
      ],
    )}`,
  );
  second.browser.close();
}

/** as `node --expose-gc` would give it */
const collectGarbage = (() => {
  setFlagsFromString('--expose_gc');
  return runInNewContext('gc') as () => void;
})();

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

async function visit(
  store: ObjectStore,
  file: string,
  objects: number,
): Promise<Visit & { readonly browser: BucketBrowser }> {
  let requests = 0;
  const pages: number[] = [];
  const counting = new Proxy(store, {
    get: (target, name) => {
      if (name !== 'list') return Reflect.get(target, name) as unknown;
      return (...query: Parameters<ObjectStore['list']>) => {
        requests += 1;
        return target.list(...query);
      };
    },
  });
  const begun = performance.now();
  const browser = new BucketBrowser({
    ...{ store: counting, bucket: BUCKET, file, ownFingerprints: new Set<string>() },
    onChange: () => {
      if (pages.length > 0) return;
      browser.look(WHOLE_BUCKET, null);
      if (browser.rows(0, 100).rows.length === 100) pages.push(performance.now() - begun);
    },
    onProblem: (error) => {
      throw error;
    },
  });
  await browser.open();
  const wholeMs = performance.now() - begun;
  const { totals, error } = browser.look(WHOLE_BUCKET, null);
  if (error !== null || totals.archives !== objects) throw new Error(`${totals.archives} archives were listed`);
  return { browser, firstPageMs: pages[0] ?? wholeMs, wholeMs, requests };
}

function measureLooks(browser: BucketBrowser, objects: number) {
  const timed = (query: (round: number) => CatalogQuery): number =>
    median(
      [0, 1, 2, 3, 4].map((round) => {
        const begun = performance.now();
        browser.look(query(round), null);
        browser.rows(0, 300);
        return performance.now() - begun;
      }),
    );
  const sort = timed((round) => ({ ...WHOLE_BUCKET, sort: { column: 'stored', isDescending: round % 2 === 0 } }));
  const filter = timed((round) => ({ ...WHOLE_BUCKET, filter: { ...NO_FILTER, text: `partition=${round}/` } }));
  browser.look(WHOLE_BUCKET, null);
  const begun = performance.now();
  for (let from = 0; from < objects; from += 100) browser.rows(from, 100);
  return Promise.resolve({ sort, filter, next: (performance.now() - begun) / (objects / 100) });
}

async function measureCommand(endpoint: string, folder: string): Promise<void> {
  const cost = await measure({
    stages: [[process.execPath, COMMAND, 'list', '--endpoint', endpoint, '--bucket', BUCKET, '--json']],
    outputFile: path.join(folder, 'listed'),
    scratch: folder,
  });
  const figures = [seconds(cost.seconds), seconds(cost.cpuSeconds), megabytes(cost.peakBytes)];
  print(`\n${table(['', 'seconds', 'CPU s', 'MB'], [['permafrost list --json', ...figures]])}`);
}

async function measureWindow(userData: string, objects: number): Promise<void> {
  const prepared = await prepareElectron();
  Object.assign(process.env, prepared.env, {
    PERMAFROST_ELECTRON: prepared.executablePath,
    PERMAFROST_ELECTRON_FLAGS: JSON.stringify([...new Set([...prepared.args, ...TEST_FLAGS])]),
  });
  try {
    const rows: string[][] = [];
    for (const name of ['first visit', 'second visit']) {
      const app = await launchApp(userData);
      try {
        await ready(app);
        const begun = performance.now();
        await goTo(app.page, 'Bucket');
        await app.page.getByTestId('object-row').first().waitFor();
        const firstPageMs = performance.now() - begun;
        await app.page.getByText(`${objects.toLocaleString('en')} objects`, { exact: true }).waitFor();
        const wholeMs = performance.now() - begun;
        const frames = await scroll(app.page);
        rows.push([
          name,
          seconds(firstPageMs / 1e3),
          seconds(wholeMs / 1e3),
          ...[frames.p50, frames.p99, frames.longest].map((ms) => ms.toFixed(1)),
          `${(frames.emptyShare * 100).toFixed(1)}%`,
        ]);
      } finally {
        await app.electron.close();
      }
    }
    const heads = ['in the window', 'first page s', 'all s', 'frame p50 ms', 'p99 ms', 'longest ms', 'rows not there'];
    print(`\n${table(heads, rows)}`);
  } finally {
    prepared.cleanup();
  }
}

interface Frames {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** of the rows in sight, over all frames: those that were still on their way */
  readonly emptyShare: number;
}

/** What runs in the page is compiled without its types. */
type PageGlobals = typeof globalThis & {
  readonly document: { querySelector(selector: string): Grid | null };
  readonly requestAnimationFrame: (callback: (now: number) => void) => void;
};
interface Grid {
  scrollTop: number;
  readonly scrollHeight: number;
  querySelectorAll(selector: string): { readonly length: number };
}

/** Scrolls for five seconds, 1,200 px a second, then jumps about. Times are those between frames. */
async function scroll(page: Page): Promise<Frames> {
  return page.evaluate(async () => {
    const { document, requestAnimationFrame } = globalThis as PageGlobals;
    const grid = document.querySelector('[role=grid][aria-label=Objects]');
    if (grid === null) throw new Error('There is no table');
    const times: number[] = [];
    let rows = 0;
    let empty = 0;
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    let last = await frame();
    const begun = last;
    while (last - begun < 6_000) {
      // five seconds of rolling, one of dragging the bar
      if (last - begun < 5_000) grid.scrollTop += 20;
      else grid.scrollTop = ((last * 7_919) % 1_000) * (grid.scrollHeight / 1_000);
      const now = await frame();
      times.push(now - last);
      last = now;
      if (last - begun < 5_000) {
        rows += grid.querySelectorAll('[role=rowgroup] [role=row], [role=rowgroup] [aria-hidden=true]').length;
        empty += grid.querySelectorAll('[role=rowgroup] > div > [aria-hidden=true]').length;
      }
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), longest: at(1), emptyShare: empty / Math.max(1, rows) };
  });
}
