import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createTokenProvider } from '../../../electron/engine/kafka/oauth-token';

interface Asked {
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

/** A token endpoint; what it is asked is kept. */
async function startServer(answer: (asked: Asked, number: number) => { status: number; body: object }) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const one = { authorization: request.headers.authorization, form: new URLSearchParams(body) };
      asked.push(one);
      const { status, body: content } = answer(one, asked.length);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return { asked, source: { endpoint, clientId: 'me', clientSecret: 'p:w', scope: 'kafka' }, server };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += String(piece);
  return text;
}

const token = (value: string, seconds?: number) => ({
  status: 200,
  body: { access_token: value, token_type: 'bearer', ...(seconds === undefined ? {} : { expires_in: seconds }) },
});
const refused = { status: 401, body: { error: 'invalid_client', error_description: 'who is that' } };

test('a token is used until it is about to end, and asked for once by many', async () => {
  let now = 0;
  const { asked, source } = await startServer((_asked, number) => token(`token ${number}`, 600));
  const tokens = createTokenProvider(source, () => now);

  expect(await Promise.all([tokens(), tokens()])).toEqual(['token 1', 'token 1']);
  now = 539_000;
  expect(await tokens()).toBe('token 1');
  now = 541_000;
  expect(await tokens()).toBe('token 2');
  expect(asked).toHaveLength(2);
  expect(Object.fromEntries(asked[0]!.form)).toEqual({ grant_type: 'client_credentials', scope: 'kafka' });
  expect(Buffer.from(asked[0]!.authorization!.slice(6), 'base64').toString()).toBe('me:p%3Aw');
});

test('a short-lived token is used for half of its life', async () => {
  let now = 0;
  const { source } = await startServer((_asked, number) => token(`token ${number}`, 20));
  const tokens = createTokenProvider(source, () => now);
  await tokens();
  now = 9_000;
  expect(await tokens()).toBe('token 1');
  now = 11_000;
  expect(await tokens()).toBe('token 2');
});

test('a server that takes the secret in the body alone is given it there', async () => {
  const { source } = await startServer(({ form }) => (form.get('client_secret') === 'p:w' ? token('it') : refused));
  expect(await createTokenProvider(source)()).toBe('it');
});

test('what is refused is told without the secret, and asked for again the next time', async () => {
  const { source, asked } = await startServer((_asked, number) => (number <= 2 ? refused : token('at last')));
  const tokens = createTokenProvider(source);
  const failure: unknown = await tokens().catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({
    code: 'KAFKA_DENIED',
    message: expect.stringMatching(/gave no token \(HTTP 401, who is that\)/) as unknown,
  });
  expect(String(failure)).not.toContain('p:w');
  expect(await tokens()).toBe('at last');
  expect(asked).toHaveLength(3);
});

test('an answer that is no token, and a server that is not there, are told', async () => {
  const odd = await startServer(() => ({ status: 200, body: { hello: 'ice' } }));
  await expect(createTokenProvider(odd.source)()).rejects.toMatchObject({
    code: 'KAFKA_DENIED',
    message: expect.stringContaining('is no token') as unknown,
  });
  const gone = await startServer(() => refused);
  gone.server.close();
  await once(gone.server, 'close');
  await expect(createTokenProvider(gone.source)()).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
});

test('a secret does not go to another machine in the clear', async () => {
  const source = { endpoint: 'http://192.0.2.1/token', clientId: 'me', clientSecret: 'p:w', scope: null };
  await expect(createTokenProvider(source)()).rejects.toMatchObject({
    code: 'KAFKA_DENIED',
    message: expect.stringMatching(/https/i) as unknown,
  });
});
