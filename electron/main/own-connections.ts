/** How a thread reaches the Kafka and the archives of a connection, with its secrets put in. */
import { PermafrostError } from '../../shared/errors';
import {
  secretsOf,
  type Connection,
  type Destination,
  type SecretName,
  type Secrets,
} from '../../shared/model/connection';
import { isSafeForSecrets } from '../engine/kafka/oauth-token';
import type { KafkaConnection } from '../engine/kafka/client';
import type { KafkaSasl, KafkaTls } from '../engine/kafka/security';
import type { StorageConnection } from '../engine/store/open-store';
import { parseServiceAccount, type StorageCredentials } from '../engine/store/storage-credentials';
import type { Connections } from '../worker/connections';

export type Reached = Pick<Connection, 'kafka' | 'destination'>;

const SECRET_WORDS: Readonly<Record<SecretName, string>> = {
  password: 'The password',
  tokenSecret: "The client's secret",
  clientKey: "The client certificate's key",
  clientKeyPassphrase: "The key's passphrase",
  serviceAccount: "The service account's file",
};

/**
 * @throws PermafrostError INPUT_INVALID with context.field, such as secrets.password, when one is missing or something does
 *   not fit
 */
export function connectionsOf(reached: Reached, secrets: Secrets): Connections {
  for (const name of secretsOf(reached)) if (secrets[name] === undefined) throw missing(name);
  return { kafka: kafkaOf(reached.kafka, secrets), storage: storageOf(reached.destination, secrets) };
}

function kafkaOf({ brokers, tls, login }: Reached['kafka'], secrets: Secrets): KafkaConnection {
  return { brokers, clientId: 'permafrost', tls: tlsOf(tls, secrets), sasl: saslOf(login, secrets) };
}

function tlsOf(tls: Reached['kafka']['tls'], { clientKey = '', clientKeyPassphrase }: Secrets): KafkaTls | null {
  if (tls === null) return null;
  const { ca, certificate } = tls;
  const client = certificate === null ? null : { certificate, key: clientKey, passphrase: clientKeyPassphrase ?? null };
  return { ca, client };
}

function saslOf(login: Reached['kafka']['login'], { password = '', tokenSecret = '' }: Secrets): KafkaSasl | null {
  switch (login.kind) {
    case 'none':
      return null;
    case 'password':
      return { mechanism: login.mechanism, username: login.username, password };
    case 'token': {
      const { endpoint, clientId, scope } = login;
      assertSafe(endpoint, 'draft.kafka.login.endpoint', "The client's secret");
      return { mechanism: 'oauthbearer', endpoint, clientId, clientSecret: tokenSecret, scope };
    }
  }
}

function storageOf(destination: Destination, secrets: Secrets): StorageConnection {
  if (destination.kind === 'folder') return { kind: 'folder', folder: destination.folder };
  const { login, endpoint, projectId, userProject } = destination;
  if (endpoint !== null && login.kind !== 'anonymous') assertSafe(endpoint, 'draft.destination.endpoint', 'The login');
  return {
    kind: 'cloud-storage',
    ...(endpoint === null ? {} : { endpoint }),
    // an emulator has no projects, and wants one named
    projectId: projectId ?? (endpoint === null ? null : 'permafrost'),
    credentials: credentialsOf(login, secrets),
    ...(userProject === null ? {} : { userProject }),
  };
}

function credentialsOf(
  login: Extract<Destination, { kind: 'cloud-storage' }>['login'],
  { serviceAccount = '' }: Secrets,
): StorageCredentials {
  if (login.kind === 'service-account') return { kind: 'service-account', ...parseServiceAccount(serviceAccount) };
  return { kind: login.kind };
}

function assertSafe(url: string, field: string, what: string): void {
  if (isSafeForSecrets(url)) return;
  throw new PermafrostError(
    'INPUT_INVALID',
    `${what} would go to ${url} in the clear. Take an address that begins with https.`,
    {
      context: { field },
    },
  );
}

function missing(name: SecretName): PermafrostError {
  return new PermafrostError('INPUT_INVALID', `${SECRET_WORDS[name]} is not kept here. Type it in Connections.`, {
    context: { field: `secrets.${name}` },
  });
}
