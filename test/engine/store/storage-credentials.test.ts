import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connectCloudStorage, type CloudStorageConnection } from '../../../electron/engine/store/cloud-storage';
import { parseServiceAccount } from '../../../electron/engine/store/storage-credentials';

/** How a listing is asked for with this connection. */
async function asked(connection: Omit<CloudStorageConnection, 'endpoint' | 'projectId'>) {
  const requests: { readonly url: URL; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    requests.push({ url: new URL(url, 'http://server'), headers });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await connectCloudStorage({ endpoint, projectId: 'test', ...connection })
    .bucket('cold')
    .list({});
  return requests[0]!;
}

test('another server is asked without a login, unless one is given', async () => {
  expect((await asked({})).headers.authorization).toBeUndefined();
  expect((await asked({ credentials: { kind: 'anonymous' } })).headers.authorization).toBeUndefined();
  const token = { kind: 'token', accessToken: 'abc' } as const;
  expect((await asked({ credentials: token })).headers.authorization).toBe('Bearer abc');
});

test('the project that pays is named in every request', async () => {
  const { url } = await asked({ userProject: 'payer' });
  expect(url.searchParams.get('userProject')).toBe('payer');
  expect((await asked({})).url.searchParams.has('userProject')).toBe(false);
});

test("a service account's file is taken, and any other refused without a word of it", () => {
  const file = {
    ...{ type: 'service_account', client_email: 'a@b.iam.gserviceaccount.com', project_id: 'ours' },
    private_key: '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n',
  };
  expect(parseServiceAccount(JSON.stringify(file))).toEqual({
    ...{ email: file.client_email, privateKey: file.private_key, projectId: 'ours' },
  });
  const broken = JSON.stringify({ ...file, type: 'authorized_user', client_secret: 'hush' });
  expect(() => parseServiceAccount(broken)).toThrow(
    /^This is not the JSON file of a service account \(type missing or wrong\)/,
  );
  expect(() => parseServiceAccount(broken)).not.toThrow(/hush|MII/);
  expect(() => parseServiceAccount('-----BEGIN')).toThrow(/all of it/);
});
