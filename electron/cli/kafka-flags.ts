/** Flags that say which Kafka, and how it is connected. Secrets come from files or the environment, never from a flag. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../../shared/errors';
import { PASSWORD_MECHANISMS } from '../../shared/model/connection';
import type { KafkaConnection } from '../engine/kafka/client';
import { isSafeForSecrets } from '../engine/kafka/oauth-token';
import type { KafkaSasl, KafkaTls } from '../engine/kafka/security';
import { UsageError, type Flags } from './arguments';

export const KAFKA_FLAGS = {
  brokers: { type: 'string', multiple: true },
  'kafka-tls': { type: 'boolean' },
  'kafka-ca': { type: 'string' },
  'kafka-cert': { type: 'string' },
  'kafka-cert-key': { type: 'string' },
  'kafka-sasl': { type: 'string' },
  'kafka-user': { type: 'string' },
  'kafka-password-file': { type: 'string' },
  'kafka-token-endpoint': { type: 'string' },
  'kafka-token-client': { type: 'string' },
  'kafka-token-secret-file': { type: 'string' },
  'kafka-token-scope': { type: 'string' },
} as const satisfies Flags;

const MECHANISMS = [...PASSWORD_MECHANISMS, 'oauthbearer'] as const;
const text = z.string().min(1);

/** host:port, several separated by commas, repeatable */
export const brokerList = z.array(text).transform((lists) => lists.flatMap((list) => list.split(',')));

/** All but the brokers, which some commands can do without. */
export const kafkaFlagsShape = {
  'kafka-tls': z.boolean().default(false),
  'kafka-ca': text.optional(),
  'kafka-cert': text.optional(),
  'kafka-cert-key': text.optional(),
  'kafka-sasl': z.enum(MECHANISMS, { error: `takes ${MECHANISMS.join(', ')}` }).optional(),
  'kafka-user': text.optional(),
  'kafka-password-file': text.optional(),
  'kafka-token-endpoint': z
    .url({ protocol: /^https?$/ })
    .refine(isSafeForSecrets, 'takes an https URL, or http on this machine')
    .optional(),
  'kafka-token-client': text.optional(),
  'kafka-token-secret-file': text.optional(),
  'kafka-token-scope': text.optional(),
};

export const KAFKA_HELP = `  --brokers LIST        host:port, several separated by commas
  --kafka-tls           connects with TLS; so do the next three
  --kafka-ca FILE       certificates (PEM) that the broker's must lead to; without it those that this system trusts
  --kafka-cert FILE     this client's certificate (PEM), with --kafka-cert-key FILE; its passphrase, where it has one, in
                        PERMAFROST_KAFKA_CERT_PASSPHRASE
  --kafka-sasl HOW      logs in: plain, scram-sha-256, scram-sha-512 or oauthbearer
  --kafka-user NAME     with --kafka-password-file FILE, or the password in PERMAFROST_KAFKA_PASSWORD
  --kafka-token-endpoint URL, --kafka-token-client ID, --kafka-token-scope TEXT
                        for oauthbearer, by client credentials; with --kafka-token-secret-file FILE, or the secret in
                        PERMAFROST_KAFKA_TOKEN_SECRET`;

type KafkaFlags = z.infer<z.ZodObject<typeof kafkaFlagsShape>>;

/** @throws UsageError when something is missing, or a file cannot be read */
export async function kafkaConnection(
  brokers: readonly string[],
  flags: KafkaFlags,
  environment: NodeJS.ProcessEnv,
  clientId = 'permafrost',
): Promise<KafkaConnection> {
  const [tls, sasl] = await Promise.all([tlsOf(flags, environment), saslOf(flags, environment)]);
  return { brokers, clientId, tls, sasl };
}

async function tlsOf(flags: KafkaFlags, environment: NodeJS.ProcessEnv): Promise<KafkaTls | null> {
  const { 'kafka-tls': wantsTls, 'kafka-ca': ca, 'kafka-cert': cert, 'kafka-cert-key': key } = flags;
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('--kafka-cert and --kafka-cert-key go together');
  if (!wantsTls && ca === undefined && cert === undefined) return null;
  return {
    ca: ca === undefined ? null : await contentOf('kafka-ca', ca),
    client:
      cert === undefined || key === undefined
        ? null
        : {
            certificate: await contentOf('kafka-cert', cert),
            key: await contentOf('kafka-cert-key', key),
            passphrase: environment['PERMAFROST_KAFKA_CERT_PASSPHRASE'] ?? null,
          },
  };
}

async function saslOf(flags: KafkaFlags, environment: NodeJS.ProcessEnv): Promise<KafkaSasl | null> {
  const { 'kafka-sasl': mechanism } = flags;
  if (mechanism === undefined) return null;
  if (mechanism !== 'oauthbearer') {
    return {
      mechanism,
      username: needed(flags, 'kafka-user', mechanism),
      password: await secretOf(flags, 'kafka-password-file', environment['PERMAFROST_KAFKA_PASSWORD']),
    };
  }
  return {
    mechanism,
    endpoint: needed(flags, 'kafka-token-endpoint', mechanism),
    clientId: needed(flags, 'kafka-token-client', mechanism),
    clientSecret: await secretOf(flags, 'kafka-token-secret-file', environment['PERMAFROST_KAFKA_TOKEN_SECRET']),
    scope: flags['kafka-token-scope'] ?? null,
  };
}

function needed(
  flags: KafkaFlags,
  flag: 'kafka-user' | 'kafka-token-endpoint' | 'kafka-token-client',
  mechanism: string,
): string {
  const value = flags[flag];
  if (value === undefined) throw new UsageError(`--${flag} is needed for --kafka-sasl ${mechanism}`);
  return value;
}

async function secretOf(
  flags: KafkaFlags,
  flag: 'kafka-password-file' | 'kafka-token-secret-file',
  fromEnvironment: string | undefined,
): Promise<string> {
  const file = flags[flag];
  // an editor ends the last line, and no password ends so
  if (file !== undefined) return (await contentOf(flag, file)).replace(/\r?\n$/, '');
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  const variable = `PERMAFROST_${flag.replace('-file', '').replaceAll('-', '_').toUpperCase()}`;
  throw new UsageError(`--${flag} FILE or ${variable} is needed for --kafka-sasl ${flags['kafka-sasl'] ?? ''}`);
}

async function contentOf(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw new UsageError(`--${flag} ${file}: ${messageOf(thrown)}`);
  }
}
