import { setTimeout as sleep } from 'node:timers/promises';
import { startArchiving, stopArchiving } from '../../scripts/demo/window.mjs';
import { expect, launchApp, test } from './app';
import { ask, caughtUp, exportKey, live, ready, until, verify } from './checks';

const generate = { topic: 'archivetest', ratePerSecond: null, vehicles: 12, seed: 1 };

test('closing the window while archiving loses nothing, and a new start goes on where it stood', async ({
  userData,
}) => {
  const first = await launchApp(userData);
  await ready(first);
  await startArchiving(first.page);
  await ask(first.page, 'send.generate', { ...generate, count: 20_000 });
  await until(async () => ((await live(first.page)).groups.archiver.messages ?? 0) > 2_000 || null, 'some messages');
  await first.electron.close();

  const second = await launchApp(userData);
  await ready(second);
  await startArchiving(second.page);
  await ask(second.page, 'send.generate', { ...generate, count: 2_000 });
  await until(
    async () => ((await ask(second.page, 'job.list')) as { state: string }[])[0]?.state === 'done' || null,
    'the generator',
  );
  await caughtUp(second);
  await stopArchiving(second.page);

  const result = await verify(second, await exportKey(second, userData));
  expect(result.sent).toBeGreaterThan(4_000);
  expect(result).toMatchObject({ verifiedRecords: result.sent, findings: [] });
  await second.electron.close();
});

test('killed in the middle, again and again, it goes on: no record lost or doubled', async ({ userData }) => {
  await prepareSmallSegments(userData);
  for (const lifeMs of [900, 1_700]) {
    const app = await launchApp(userData);
    await ready(app);
    await startArchiving(app.page);
    await ask(app.page, 'send.generate', { ...generate, count: 100_000 });
    await until(async () => ((await live(app.page)).stages.archives > 0 ? true : null), 'the first upload');
    await sleep(lifeMs);
    app.electron.process().kill('SIGKILL');
    await app.electron.waitForEvent('close');
  }

  const last = await launchApp(userData);
  await ready(last);
  await startArchiving(last.page);
  await until(async () => {
    const { groups } = await live(last.page);
    return groups.archiver.lag === 0 && groups.pipeline.lag === 0 ? true : null;
  }, 'the archiver to catch up');
  await stopArchiving(last.page);

  const result = await verify(last, await exportKey(last, userData));
  expect(result.sent).toBeGreaterThan(2_000);
  expect(result).toMatchObject({ verifiedRecords: result.sent, findings: [] });
  await last.electron.close();
});

/** Many uploads, so that a kill falls among them. */
async function prepareSmallSegments(userData: string): Promise<void> {
  const app = await launchApp(userData);
  await ready(app);
  await ask(app.page, 'settings.update', { maxSegmentRecords: 1_500, maxSegmentAgeMs: 1_000 });
  await app.electron.close();
}
