/** A server of OAuth tokens by client credentials: unsigned tokens, as Kafka's handler for tests takes them. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN_CLIENT = { id: 'archiver', secret: 'secret-of-the-client' };

export interface TokenServer {
  readonly endpoint: string;
  /** how many it has given */
  readonly given: number;
  /** how long those last that it gives from now on */
  lifeSeconds: number;
  close(): Promise<void>;
}

/** @param user whom its tokens are for */
export async function startTokenServer(user: string): Promise<TokenServer> {
  const server = createServer((request, response) => {
    const isRight = credentialsOf(request) === `${TOKEN_CLIENT.id}:${TOKEN_CLIENT.secret}`;
    if (isRight) given += 1;
    const { lifeSeconds } = tokens;
    const body = isRight
      ? { access_token: unsignedToken(user, lifeSeconds), token_type: 'Bearer', expires_in: lifeSeconds }
      : { error: 'invalid_client', error_description: 'no such client' };
    response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  let given = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tokens: TokenServer = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    get given() {
      return given;
    },
    lifeSeconds: 300,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return tokens;
}

function credentialsOf({ headers }: IncomingMessage): string {
  const basic = Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
  return basic.split(':').map(decodeURIComponent).join(':'); // RFC 6749, section 2.3.1
}

function unsignedToken(subject: string, lifeSeconds: number): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + lifeSeconds })}.`;
}
