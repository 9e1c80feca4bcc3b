/**
 * Where messages come from and where archives go: a Kafka and a bucket or a folder, under a name. The sandbox is one that is
 * always there. Secrets are never part of a connection: they lie in a file of their own, and are only told to be there.
 */
import { z } from 'zod';
import type { ErrorCode, PlainError } from '../errors';
import { archivePrefix, archiveStart, topicChoiceSchema, topicName } from './settings';

/** The built-in broker and bucket, in place of a connection's id. */
export const SANDBOX = 'sandbox';

export const PASSWORD_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type PasswordMechanism = (typeof PASSWORD_MECHANISMS)[number];

/** What is encrypted, or kept until the app closes; never in a connection, a log or an error. */
export const SECRET_NAMES = [
  'password',
  'tokenSecret',
  'clientKey', // PEM
  'clientKeyPassphrase',
  'serviceAccount', // the JSON file that Google gives, whole
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];
export type Secrets = Readonly<Partial<Record<SecretName, string>>>;

const text = (what: string, max: number) =>
  z.string().trim().min(1, `${what} is needed`).max(max, `${what} has at most ${max} characters`);

const pem = z
  .string()
  .max(200_000, 'A file of certificates has at most 200,000 characters')
  .includes('-----BEGIN CERTIFICATE-----', { error: 'A certificate is a PEM file: -----BEGIN CERTIFICATE-----' });

const url = z.url({ protocol: /^https?$/, error: 'An address begins with https:// or http://' }).max(2_000);

export const brokerAddress = z
  .string()
  .trim()
  .regex(
    /^(\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+):([1-9]\d{0,4})$/,
    'A broker is host:port, such as kafka-1.example.com:9093',
  );

const kafkaSchema = z.strictObject({
  /** some of the cluster's brokers: they tell of the others */
  brokers: z.array(brokerAddress).min(1, 'At least one broker is needed').max(100).readonly(),
  /** null: a plain connection */
  tls: z
    .strictObject({
      /** what the broker's certificate must lead to; null: what this system trusts */
      ca: pem.nullable(),
      /** who this client is, with the secret `clientKey`; null: brokers don't ask */
      certificate: pem.nullable(),
    })
    .nullable(),
  login: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    /** with the secret `password` */
    z.strictObject({
      kind: z.literal('password'),
      mechanism: z.enum(PASSWORD_MECHANISMS),
      username: text('A user', 1_000),
    }),
    /** OAUTHBEARER by OAuth's client credentials, with the secret `tokenSecret` */
    z.strictObject({
      kind: z.literal('token'),
      endpoint: url,
      clientId: text("The client's id", 1_000),
      scope: text('A scope', 2_000).nullable(),
    }),
  ]),
});

/** Who asks Cloud Storage. */
const googleLogin = z.discriminatedUnion('kind', [
  /** application default credentials: GOOGLE_APPLICATION_CREDENTIALS, gcloud's, or the machine's own account */
  z.strictObject({ kind: z.literal('default') }),
  /** with the secret `serviceAccount`; the address is shown */
  z.strictObject({ kind: z.literal('service-account'), email: text('The account', 500) }),
  z.strictObject({ kind: z.literal('anonymous') }),
]);

const projectId = text('A project', 100);

const destinationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('cloud-storage'),
    login: googleLogin,
    /** another server than Google's own: an emulator, a private endpoint */
    endpoint: url.nullable(),
    /** where buckets are made and listed; null: that of the credentials */
    projectId: projectId.nullable(),
    /** who pays for requests, for buckets that leave it to the requester */
    userProject: projectId.nullable(),
    bucket: text('A bucket', 222),
    prefix: archivePrefix,
  }),
  z.strictObject({
    kind: z.literal('folder'),
    folder: text('A folder', 1_000),
    prefix: archivePrefix,
  }),
]);

const groupId = text('A group', 200);

/** What of the cluster is archived, and as whom. */
const archivingSchema = z.strictObject({
  topics: topicChoiceSchema,
  archiverGroup: groupId,
  /** where the archive of a topic begins that has none yet */
  start: archiveStart,
  /** the topic that Live shows, of those that are archived; null: the first one */
  watched: topicName.nullable(),
  /** a second group that reads the watched topic along, so that both can be compared; null: none, Kafka is read once */
  pipelineGroup: groupId.nullable(),
});

export const connectionSchema = z.strictObject({
  /** never changes */
  id: z.string().regex(/^[a-z0-9-]{1,64}$/),
  name: text('A name', 60),
  kafka: kafkaSchema,
  destination: destinationSchema,
  archiving: archivingSchema,
});

export type Connection = Readonly<z.infer<typeof connectionSchema>>;
export type KafkaLogin = Connection['kafka']['login'];
export type Destination = Connection['destination'];

/** As it is typed in: without an id it is a new one. */
export const connectionDraftSchema = z.strictObject({
  ...connectionSchema.shape,
  id: connectionSchema.shape.id.nullable(),
});
export type ConnectionDraft = Readonly<z.infer<typeof connectionDraftSchema>>;

/** null forgets one; what is left out stays. */
export const secretChangesSchema = z.strictObject(
  Object.fromEntries(
    SECRET_NAMES.map((name) => [name, z.string().min(1).max(200_000).nullable().optional()]),
  ) as Record<SecretName, z.ZodOptional<z.ZodNullable<z.ZodString>>>,
);
export type SecretChanges = Readonly<z.infer<typeof secretChangesSchema>>;

/** stored: encrypted by the system's keyring, or obfuscated where there is none; session: until the app closes */
export const SECRET_KEEPINGS = ['stored', 'session'] as const;
export type SecretKeeping = (typeof SECRET_KEEPINGS)[number];

export interface ConnectionView {
  readonly connection: Connection;
  /** secrets that are there */
  readonly secrets: readonly SecretName[];
  readonly keeping: SecretKeeping;
}

export interface ConnectionsView {
  /** the id of the one in use, or `SANDBOX` */
  readonly active: string;
  /** by name */
  readonly connections: readonly ConnectionView[];
}

/** The secrets that a connection needs. */
export function secretsOf({ kafka, destination }: Pick<Connection, 'kafka' | 'destination'>): readonly SecretName[] {
  return [
    ...(kafka.login.kind === 'password' ? (['password'] as const) : []),
    ...(kafka.login.kind === 'token' ? (['tokenSecret'] as const) : []),
    ...(kafka.tls?.certificate == null ? [] : (['clientKey'] as const)),
    ...(destination.kind === 'cloud-storage' && destination.login.kind === 'service-account'
      ? (['serviceAccount'] as const)
      : []),
  ];
}

/** The same, with those that some may do without. */
export function usableSecretsOf(connection: Pick<Connection, 'kafka' | 'destination'>): readonly SecretName[] {
  const needed = secretsOf(connection);
  return needed.includes('clientKey') ? [...needed, 'clientKeyPassphrase'] : needed;
}

/** One thing that a connection needs, and whether it works. */
export interface CheckStep {
  /** such as "resolve", "log in" */
  readonly name: string;
  /** warning: it works, and something about it deserves a look; skipped: what it needs did not work, or can't be told */
  readonly result: 'ok' | 'warning' | 'failed' | 'skipped';
  /** one sentence: what was found, or what is wrong and what to do */
  readonly said: string;
  readonly code: ErrorCode | null;
}

/** A test of a connection, as far as it is. */
export interface ConnectionTest {
  readonly id: string;
  /** in their order */
  readonly kafka: readonly CheckStep[];
  readonly destination: readonly CheckStep[];
  /** over: all steps are there; cancelled; failed: it could not be tested at all */
  readonly state: 'running' | 'over' | 'cancelled' | 'failed';
  readonly error: PlainError | null;
}

/** How a folder or bucket is written: gs://bucket, or the path. */
export function storeLocation(place: string): string {
  return isFolder(place) ? place : `gs://${place}`;
}

/** Whether a place is a folder of this computer: a path, in place of a bucket's name. */
export function isFolder(place: string): boolean {
  return /^([/\\]|[a-zA-Z]:[/\\])/.test(place);
}
