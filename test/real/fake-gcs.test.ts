import { expect, inject, onTestFinished, test } from 'vitest';
import { startFakeGcs } from './fake-gcs';

const { gcs: whyNot } = inject('unavailable');

test('fake-gcs-server keeps its buckets when it is killed and started again', async ({ skip }) => {
  if (whyNot !== null) skip(whyNot);
  const gcs = await startFakeGcs();
  onTestFinished(() => gcs.close());
  const buckets = `${gcs.endpoint}/storage/v1/b?project=p`;
  const headers = { 'content-type': 'application/json' };
  await fetch(buckets, { method: 'POST', headers, body: JSON.stringify({ name: 'kept' }) });

  await gcs.kill();
  await gcs.start();

  expect(await (await fetch(buckets)).json()).toMatchObject({ items: [{ name: 'kept' }] });
});
