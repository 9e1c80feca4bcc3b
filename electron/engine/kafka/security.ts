/** How a client of Kafka is connected: TLS, and who it is. Plain data, so that it crosses to threads. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { messageOf, PermafrostError } from '../../../shared/errors';
import type { PasswordMechanism } from '../../../shared/model/connection';
import type { SASLOptions } from './kafkajs-types';
import { createTokenProvider } from './oauth-token';

export interface KafkaTls {
  /** certificates (PEM) that the broker's must lead to; null: those that this system trusts */
  readonly ca: string | null;
  /** who this client is, for brokers that ask for it; null: they don't */
  readonly client: ClientCertificate | null;
}

export interface ClientCertificate {
  /** PEM, with those in between */
  readonly certificate: string;
  /** PEM */
  readonly key: string;
  readonly passphrase: string | null;
}

export type KafkaSasl =
  | { readonly mechanism: PasswordMechanism; readonly username: string; readonly password: string }
  | ({ readonly mechanism: 'oauthbearer' } & TokenSource);

/** Where tokens come from, by OAuth's client credentials (RFC 6749, section 4.4). */
export interface TokenSource {
  /** https, or http on this machine */
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** null: what the server gives by itself */
  readonly scope: string | null;
}

/** @throws PermafrostError INPUT_INVALID when a certificate or the key cannot be read, or they don't belong together */
export function tlsOptions({ ca, client }: KafkaTls): tls.ConnectionOptions {
  const trusted = ca ?? systemCertificates();
  const options = {
    ...(trusted === null ? {} : { ca: trusted }),
    ...(client === null ? {} : { cert: client.certificate, key: client.key }),
    ...(client?.passphrase == null ? {} : { passphrase: client.passphrase }),
  };
  try {
    if (ca !== null) assertCertificates(ca);
    tls.createSecureContext(options);
  } catch (thrown) {
    const whose = client === null ? 'The CA certificate' : 'The client certificate, its key or the CA certificate';
    throw new PermafrostError(
      'INPUT_INVALID',
      `${whose} can't be used (${messageOf(thrown)}). They are PEM files; the key must be the certificate's, and its passphrase the right one.`,
      { cause: thrown },
    );
  }
  return options;
}

/** OpenSSL passes over what it can't read among authorities. @throws when there is no certificate, or one is damaged */
function assertCertificates(pem: string): void {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  if (certificates === null) throw new Error('there is no certificate in it');
  for (const certificate of certificates) new X509Certificate(certificate);
}

/** Where Linux distributions keep what the system trusts. Source: Go's crypto/x509, root_linux.go */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * Node trusts a list of its own. What the system trusts, such as a company's own authority, is asked of Node where it can
 * tell (22.15 and later), else read from where Linux keeps it.
 * @returns null where neither is there: Node's own list
 */
function systemCertificates(): string[] | null {
  const own = [...tls.rootCertificates];
  const ask = Reflect.get(tls, 'getCACertificates') as ((type: 'system') => string[]) | undefined;
  if (ask !== undefined) return [...own, ...ask('system')];
  const bundle = SYSTEM_BUNDLES.find((file) => existsSync(file));
  return bundle === undefined ? null : [...own, readFileSync(bundle, 'utf8')];
}

export function saslOptions(sasl: KafkaSasl): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') {
    const { mechanism, username, password } = sasl;
    return { mechanism, username, password };
  }
  const tokens = createTokenProvider(sasl);
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await tokens() }) };
}
