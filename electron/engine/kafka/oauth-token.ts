/** Access tokens for SASL OAUTHBEARER, by OAuth's client credentials; one is used until it is about to end. */
import type * as OAuth from 'oauth4webapi';
import { messageOf, PermafrostError } from '../../../shared/errors';
import type { TokenSource } from './security';

/** So long before its end a token is no longer handed out. */
const MARGIN_MS = 60_000;
/** of a token whose server does not say how long it lasts */
const USUAL_SECONDS = 300;
const TIMEOUT_MS = 15_000;
/** A secret goes in the clear only where it does not leave this machine. */
export function isSafeForSecrets(url: string): boolean {
  return new URL(url).protocol === 'https:' || isLoopback(url);
}

function isLoopback(url: string): boolean {
  return LOOPBACK.test(new URL(url).hostname);
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** @returns a function that gives a token. @throws PermafrostError KAFKA_DENIED, KAFKA_UNAVAILABLE */
export function createTokenProvider(source: TokenSource, clock: () => number = Date.now): () => Promise<string> {
  let current: { readonly value: string; readonly usableUntil: number } | null = null;
  let asking: Promise<string> | null = null;
  const ask = async (): Promise<string> => {
    const { access_token: value, expires_in: seconds = USUAL_SECONDS } = await requestToken(source);
    const lifeMs = seconds * 1_000;
    current = { value, usableUntil: clock() + Math.max(lifeMs / 2, lifeMs - MARGIN_MS) };
    return value;
  };
  return () => {
    if (current !== null && clock() < current.usableUntil) return Promise.resolve(current.value);
    asking ??= ask().finally(() => (asking = null));
    return asking;
  };
}

async function requestToken(source: TokenSource): Promise<OAuth.TokenEndpointResponse> {
  const oauth = await import('oauth4webapi'); // hardly anybody needs it
  const { endpoint, clientId, clientSecret, scope } = source;
  const server: OAuth.AuthorizationServer = { issuer: new URL(endpoint).origin, token_endpoint: endpoint };
  const client: OAuth.Client = { client_id: clientId };
  const parameters = new URLSearchParams(scope === null ? {} : { scope });
  const ask = async (authentication: OAuth.ClientAuth): Promise<OAuth.TokenEndpointResponse> => {
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to be noticed: a secret may stay on this machine alone
      [oauth.allowInsecureRequests]: isLoopback(endpoint),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return oauth.processClientCredentialsResponse(server, client, response);
  };
  try {
    // in the header, as the standard wants it; some servers take it in the body alone
    return await ask(oauth.ClientSecretBasic(clientSecret)).catch((thrown: unknown) => {
      if (isDenied(oauth, thrown)) return ask(oauth.ClientSecretPost(clientSecret));
      throw thrown;
    });
  } catch (thrown) {
    throw refused(oauth, endpoint, thrown);
  }
}

function isDenied(
  oauth: typeof OAuth,
  thrown: unknown,
): thrown is OAuth.ResponseBodyError | OAuth.WWWAuthenticateChallengeError {
  return thrown instanceof oauth.ResponseBodyError || thrown instanceof oauth.WWWAuthenticateChallengeError;
}

function refused(oauth: typeof OAuth, endpoint: string, thrown: unknown): PermafrostError {
  const context = { endpoint };
  if (isDenied(oauth, thrown)) {
    const said = thrown instanceof oauth.ResponseBodyError ? (thrown.error_description ?? thrown.error) : 'HTTP 401';
    return new PermafrostError(
      'KAFKA_DENIED',
      `The token endpoint ${endpoint} gave no token (HTTP ${thrown.status}, ${said}). Check the client's id, its secret and the scope.`,
      { context, cause: thrown },
    );
  }
  if (thrown instanceof oauth.OperationProcessingError || thrown instanceof oauth.UnsupportedOperationError) {
    return new PermafrostError(
      'KAFKA_DENIED',
      `What the token endpoint ${endpoint} answered is no token (${messageOf(thrown)}). Check its address.`,
      { context, cause: thrown },
    );
  }
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  return new PermafrostError(
    'KAFKA_UNAVAILABLE',
    `The token endpoint ${endpoint} does not answer (${messageOf(cause)}). Check its address and the network; it is tried again.`,
    { context, cause: thrown },
  );
}
