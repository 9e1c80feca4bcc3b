/**
 * The real app in its window while it archives as fast as it can: whether its main process and its page stay free. Uses
 * the app's own sandbox, as a first start does.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { IntervalHistogram } from 'node:perf_hooks';
import type { ElectronApplication } from '@playwright/test';
import { prepareElectron, TEST_FLAGS } from '../../scripts/electron/prepare.mjs';
import { goTo, live, startArchiving, until } from '../../scripts/demo/window.mjs';
import { launchApp } from '../e2e/app';
import { ready } from '../e2e/checks';
import { loadTopic } from './load';
import type { Bench } from './speed';
import { print, table, tell } from './table';

interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const PARTITIONS = 3;

export async function measureApp(bench: Bench): Promise<void> {
  const prepared = await prepareElectron();
  Object.assign(process.env, prepared.env, {
    PERMAFROST_ELECTRON: prepared.executablePath,
    PERMAFROST_ELECTRON_FLAGS: JSON.stringify([...new Set([...prepared.args, ...TEST_FLAGS])]),
  });
  try {
    await measurePrepared(bench);
  } finally {
    prepared.cleanup();
  }
}

async function measurePrepared({ options, folder }: Bench): Promise<void> {
  const messages = options.appMessages;
  const userData = path.join(folder, 'app');
  await mkdir(path.join(userData, 'data'), { recursive: true });
  const settings = { sandboxKafkaPort: 0, sandboxBucketPort: 0 }; // free ones
  await writeFile(path.join(userData, 'data/settings.json'), JSON.stringify(settings));
  const app = await launchApp(userData);
  try {
    const { kafka, topic } = await ready(app);
    tell(`filling the app's sandbox with ${messages} messages ...`);
    await loadTopic(kafka, topic, { messages, partitions: PARTITIONS, size: 250 }, options.batchBytes);
    await goTo(app.page, 'Live');
    await beginWatching(app.electron);
    const beganAt = Date.now();
    await startArchiving(app.page);
    await until(
      async () => (((await live(app.page)).groups.archiver.messages ?? 0) >= messages ? true : null),
      'the archive',
    );
    const tookMs = Date.now() - beganAt;
    const delay = await loopDelay(app.electron);
    const longestScript = await longestScriptMs(app.electron, path.join(folder, 'trace.json'));
    print(
      `\nThe app at full load: ${messages.toLocaleString('en')} messages archived in ${(tookMs / 1000).toFixed(1)} s\n`,
    );
    print(
      table(
        ['', 'ms', 'aim'],
        [
          ['main loop, delay p50', delay.p50.toFixed(1), ''],
          ['main loop, delay p99', delay.p99.toFixed(1), '< 50'],
          ['main loop, longest delay', delay.max.toFixed(1), ''],
          ['page, longest script', longestScript.toFixed(1), '< 16'],
        ],
      ),
    );
    if (app.troubles.length > 0) throw new Error(`The app had troubles meanwhile:\n${app.troubles.join('\n')}`);
  } finally {
    await app.electron.close();
  }
}

/** What runs in the app's main process has no imports. */
type Watched = typeof globalThis & { benchDelay?: IntervalHistogram };

async function beginWatching(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(async ({ contentTracing }) => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    (globalThis as Watched).benchDelay = delay;
    await contentTracing.startRecording({ included_categories: ['devtools.timeline'] });
  });
}

/** In ms. The timer that watches is late by its own millisecond. */
async function loopDelay(electron: ElectronApplication): Promise<LoopDelay> {
  return electron.evaluate(() => {
    const delay = (globalThis as Watched).benchDelay;
    if (delay === undefined) throw new Error('nobody watches the loop');
    delay.disable();
    return { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
  });
}

interface TraceEvent {
  readonly name: string;
  /** X: whole, with a duration in microseconds */
  readonly ph: string;
  readonly dur?: number;
  /** of it, time on a core: what others took of the machine left out */
  readonly tdur?: number;
}

const SCRIPTS: ReadonlySet<string> = new Set([
  'FunctionCall',
  'EvaluateScript',
  'v8.evaluateModule',
  'TimerFire',
  'FireAnimationFrame',
]);

async function longestScriptMs(electron: ElectronApplication, file: string): Promise<number> {
  await electron.evaluate(async ({ contentTracing }, target) => contentTracing.stopRecording(target), file);
  const { traceEvents } = JSON.parse(await readFile(file, 'utf8')) as { readonly traceEvents: readonly TraceEvent[] };
  const scripts = traceEvents.filter(({ name, ph }) => ph === 'X' && SCRIPTS.has(name));
  if (scripts.length === 0) throw new Error('The trace has no script in it: it proves nothing');
  return scripts.reduce((longest, { dur = 0, tdur = dur }) => Math.max(longest, tdur), 0) / 1000;
}
