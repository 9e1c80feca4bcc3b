import { sendGenerated, startArchiving, stopArchiving } from '../../scripts/demo/window.mjs';
import { expect, test } from './app';
import { archiveRows, ask, caughtUp, exportKey, goTo, live, ready, verify } from './checks';

test('a fresh app sends, archives, shows and proves, by its buttons alone', async ({ app, userData }) => {
  const { page } = app;
  await ready(app);
  await expect(page.getByText('Sandbox').first()).toBeVisible();

  await startArchiving(page);
  await sendGenerated(page, 3_000);
  await goTo(page, 'Live');
  await caughtUp(app);
  await expect(page.getByTestId('live-verdict')).toHaveAttribute('data-verdict', 'same');
  await expect(page.getByTestId('group-archiver-messages')).toContainText('3,000');
  await stopArchiving(page);

  await goTo(page, 'Bucket');
  await expect(archiveRows(page)).toHaveCount(3);
  await expect(page.getByText(/Snapshot .*@snapshots\//).first()).toBeVisible();
  await page.getByTestId('object-row').first().click();
  await page.getByRole('button', { name: 'Look inside' }).first().click();
  await page.getByTestId('record-row').first().click();
  await expect(page.getByText('EVENT_NO_TRIP').first()).toBeVisible();

  const result = await verify(app, await exportKey(app, userData));
  expect(result).toMatchObject({ sent: 3_000, verifiedRecords: 3_000, findings: [] });
});

test('one message by hand arrives with its key and headers', async ({ app }) => {
  const { page } = app;
  await ready(app);

  const sent = (await ask(page, 'send.message', {
    topic: 'archivetest',
    partition: 1,
    key: '',
    value: 'Grüße',
    headers: [{ name: 'source', value: 'hand' }],
  })) as unknown;

  expect(sent).toEqual({ topic: 'archivetest', partition: 1, offset: '0' });
  await expect
    .poll(async () => (await live(page)).messages[0])
    .toMatchObject({ partition: 1, key: '', value: 'Grüße' });
});

/** Run in the page: a script put into it, Node's globals, a foreign server. */
const ATTEMPTS = `(async () => {
  const script = document.createElement('script');
  script.textContent = 'window.injected = true';
  document.body.append(script);
  const foreign = await fetch('https://example.com').then(() => 'fetched', () => 'refused');
  return { injected: 'injected' in window, node: 'process' in window || 'require' in window, foreign };
})()`;

test('the page has no Node, and its policy refuses scripts that are not its own', async ({ app }) => {
  const { page, troubles } = app;
  await ready(app);

  const reached: unknown = await page.evaluate(ATTEMPTS);

  expect(reached).toEqual({ injected: false, node: false, foreign: 'refused' });
  expect(troubles.length).toBeGreaterThan(0);
  troubles.length = 0; // the refusals are what was provoked
});
