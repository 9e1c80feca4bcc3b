import { expect, test } from 'vitest';
import { connect, createTopic, receive, send, startBroker } from './support';

test('every message of every partition comes back in order, as it was sent', async () => {
  const kafka = connect(await startBroker());
  await createTopic(kafka, 'buses', 3);
  const sent = Array.from({ length: 300 }, (_, at) => ({ partition: at % 3, key: `bus-${at}`, value: `stop ${at}` }));

  await send(kafka, 'buses', sent);
  const received = await receive(kafka, 'buses', sent.length);

  for (const partition of [0, 1, 2]) {
    const ofPartition = received.filter((one) => one.partition === partition).map(({ message }) => message);
    expect(ofPartition.map(({ offset }) => Number(offset))).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(ofPartition.map(({ key, value }) => `${String(key)} ${String(value)}`)).toEqual(
      sent.filter((one) => one.partition === partition).map(({ key, value }) => `${key} ${value}`),
    );
  }
});

test('keys, null values and headers survive', async () => {
  const kafka = connect(await startBroker());
  await send(kafka, 'letters', [
    { key: 'ключ', value: 'värde', headers: { source: 'bus', trace: '1' } },
    { key: null, value: null },
    { key: '', value: '' },
  ]);

  const received = await receive(kafka, 'letters', 3);

  const [full, empty, blank] = received.map(({ message }) => message);
  expect([String(full?.key), String(full?.value)]).toEqual(['ключ', 'värde']);
  expect([String(full?.headers?.['source']), String(full?.headers?.['trace'])]).toEqual(['bus', '1']);
  expect([empty?.key, empty?.value]).toEqual([null, null]);
  expect([blank?.key?.length, blank?.value?.length]).toEqual([0, 0]);
});
