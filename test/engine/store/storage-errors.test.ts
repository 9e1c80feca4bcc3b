import { expect, test } from 'vitest';
import { fromStorage } from '../../../electron/engine/store/storage-errors';

const ACTION = { doing: 'Looking up', bucket: 'birds', object: 'wren' };

test.each([
  ['a connection that was reset', { code: 'ECONNRESET' }],
  ['an answer whose body stalls', { type: 'body-timeout' }],
  ['an answer that does not come', { type: 'request-timeout' }],
  ['a cause below', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) }],
  ['a server that is overloaded', { code: 503 }],
])('%s may pass', (_what, fields) => {
  const thrown = Object.assign(new Error('what the library says'), fields);

  expect(fromStorage(thrown, ACTION)).toMatchObject({ code: 'STORE_UNAVAILABLE', retriable: true });
});

test.each([
  ['a right that is missing', { code: 403 }, 'STORE_DENIED'],
  ['a request that is wrong', { code: 400 }, 'STORE_REFUSED'],
  ['an unknown failure', { type: 'invalid-json' }, 'STORE_REFUSED'],
])('%s does not', (_what, fields, code) => {
  expect(fromStorage(Object.assign(new Error('no'), fields), ACTION)).toMatchObject({ code, retriable: false });
});
