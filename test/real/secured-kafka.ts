/** A real Kafka with a listener of each kind, and users of different rights. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeCertificates, OPENSSL, type Certificates } from './certificates';
import { startRealKafka, type RealKafka } from './kafka';
import { requirePrograms } from './unavailable';

export interface SecuredKafka extends RealKafka {
  readonly certificates: Certificates;
  /** host:port; the plain one is `address`, where everybody may do everything */
  readonly listeners: { readonly mutualTls: string; readonly sasl: string; readonly expired: string };
  readonly passwords: { readonly plain: string; readonly scram256: string; readonly scram512: string };
}

/** May do everything, like whoever comes to the plain listener or shows a client certificate. */
export const ADMIN = 'alice';
/** Has no rights but those that a test gives; its password is as the admin's of each mechanism. */
export const GUEST = 'bob';

const PASSWORDS = { plain: 'secret-of-plain', scram256: 'secret-of-256', scram512: 'secret-of-512' };
const MODULES = 'org.apache.kafka.common.security';

/** @throws Unavailable as startRealKafka, and without openssl */
export async function startSecuredKafka(): Promise<SecuredKafka> {
  await requirePrograms('A Kafka with TLS', [OPENSSL]);
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-certificates-'));
  const certificates = await makeCertificates(folder);
  const kafka = await startRealKafka({
    isShortLived: true,
    listeners: { MTLS: 'SSL', SASL: 'SASL_SSL', EXPIRED: 'SSL' },
    properties: propertiesOf(certificates),
    scramUsers: [ADMIN, GUEST].flatMap((name) => [
      { name, mechanism: 'SCRAM-SHA-256', password: PASSWORDS.scram256 },
      { name, mechanism: 'SCRAM-SHA-512', password: PASSWORDS.scram512 },
    ]),
  });
  const { MTLS: mutualTls = '', SASL: sasl = '', EXPIRED: expired = '' } = kafka.more;
  return {
    ...kafka,
    certificates,
    listeners: { mutualTls, sasl, expired },
    passwords: PASSWORDS,
    close: async () => {
      await kafka.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function propertiesOf({ server, expiredServer, ca }: Certificates): Record<string, string> {
  const jaas = (mechanism: string): string => `listener.name.sasl.${mechanism}.sasl.jaas.config`;
  const users = [ADMIN, GUEST].map((name) => `user_${name}="${PASSWORDS.plain}"`).join(' ');
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': server,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': ca,
    'listener.name.mtls.ssl.client.auth': 'required',
    'listener.name.expired.ssl.keystore.type': 'PEM',
    'listener.name.expired.ssl.keystore.location': expiredServer,
    'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512,PLAIN,OAUTHBEARER',
    [jaas('scram-sha-256')]: `${MODULES}.scram.ScramLoginModule required;`,
    [jaas('scram-sha-512')]: `${MODULES}.scram.ScramLoginModule required;`,
    [jaas('plain')]: `${MODULES}.plain.PlainLoginModule required ${users};`,
    [jaas('oauthbearer')]:
      `${MODULES}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
    'listener.name.sasl.oauthbearer.sasl.server.callback.handler.class': `${MODULES}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:ANONYMOUS;User:${ADMIN};User:CN=client`,
  };
}
