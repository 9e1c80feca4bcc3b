/** Connections in the user's words. */
import {
  secretsOf,
  type CheckStep,
  type Connection,
  type ConnectionTest,
  type ConnectionView,
  type SecretName,
} from '../../shared/model/connection';
import type { ConnectionStateView } from '../../shared/model/live';
import { count, counted, localTime } from './format';
import { placeLocation, type StateWord } from './words';

const SANDBOX_WORDS: Readonly<Record<ConnectionStateView['state'], StateWord>> = {
  starting: { word: 'Starting', tone: 'busy' },
  running: { word: 'Running', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
};

const OWN_WORDS: typeof SANDBOX_WORDS = {
  starting: { word: 'Connecting', tone: 'busy' },
  running: { word: 'Connected', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
};

/** Of the connection in use. */
export function connectionWord({ state, isSandbox }: Pick<ConnectionStateView, 'state' | 'isSandbox'>): StateWord {
  return (isSandbox ? SANDBOX_WORDS : OWN_WORDS)[state];
}

export const SECRET_WORDS: Readonly<Record<SecretName, string>> = {
  password: 'password',
  tokenSecret: "client's secret",
  clientKey: "client certificate's key",
  clientKeyPassphrase: "key's passphrase",
  serviceAccount: "service account's key",
};

/** Needed and not there, such as after a restart when they were kept until the app closes. */
export function missingSecrets({ connection, secrets }: ConnectionView): readonly SecretName[] {
  return secretsOf(connection).filter((name) => !secrets.includes(name));
}

/** "the password and the service account's key" */
export function secretsText(names: readonly SecretName[]): string {
  return names.map((name) => `the ${SECRET_WORDS[name]}`).join(' and ');
}

/** "kafka-1:9093 and 2 more → gs://bucket/prefix" */
export function connectionText({ kafka, destination }: Connection): string {
  const [first = '', ...more] = kafka.brokers;
  const brokers = more.length === 0 ? first : `${first} and ${count(more.length)} more`;
  return `${brokers} → ${destinationText(destination)}`;
}

function destinationText(destination: Connection['destination']): string {
  const bucket = destination.kind === 'folder' ? destination.folder : destination.bucket;
  return placeLocation({ bucket, prefix: destination.prefix });
}

export const STEP_WORDS: Readonly<Record<CheckStep['result'], StateWord>> = {
  ok: { word: 'Works', tone: 'good' },
  warning: { word: 'Warning', tone: 'warn' },
  failed: { word: 'Failed', tone: 'bad' },
  skipped: { word: 'Skipped', tone: 'idle' },
};

const STEP_NAMES: Readonly<Record<string, string>> = {
  resolve: "Find the brokers' names",
  connect: 'Connect to the brokers',
  'connect with TLS': 'Connect to the brokers with TLS',
  'speak Kafka': 'Speak with Kafka',
  'log in': 'Log in to Kafka',
  rights: 'What the account may do',
};

/** Names that carry another, such as "topic orders", begin with a capital. */
export function stepName(name: string): string {
  return STEP_NAMES[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** How a test stands as a whole. */
export function testWord({ state, kafka, destination }: ConnectionTest): StateWord {
  if (state === 'running') return { word: 'Testing', tone: 'busy' };
  if (state === 'cancelled') return { word: 'Cancelled', tone: 'idle' };
  if (state === 'failed') return { word: 'Could not be tested', tone: 'bad' };
  const steps = [...kafka, ...destination];
  const failed = steps.filter(({ result }) => result === 'failed').length;
  if (failed > 0) return { word: `${counted(failed, 'step')} failed`, tone: 'bad' };
  const warnings = steps.filter(({ result }) => result === 'warning').length;
  if (warnings > 0) return { word: `Works, with ${counted(warnings, 'warning')}`, tone: 'warn' };
  return { word: 'Everything works', tone: 'good' };
}

/** A report to be sent to who runs the cluster: names and sentences, no secret. */
export function testReport(name: string, test: ConnectionTest): string {
  const lines = (title: string, steps: readonly CheckStep[]): readonly string[] => [
    title,
    ...steps.map((step) => `  ${STEP_WORDS[step.result].word}: ${stepName(step.name)}. ${step.said}`),
  ];
  return [
    `Test of the connection ${name}: ${testWord(test).word}`,
    ...lines('Kafka', test.kafka),
    ...lines('Destination', test.destination),
    ...(test.error === null ? [] : [test.error.message]),
  ].join('\n');
}

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** Until when a certificate is valid, and whether that is soon. */
export function validityWord(validUntil: number, now: number): StateWord {
  const days = Math.floor((validUntil - now) / DAY_MS);
  if (validUntil <= now) return { word: `Ended ${localTime(validUntil)}`, tone: 'bad' };
  if (days < SOON_DAYS) return { word: `Ends in ${counted(days, 'day')}, ${localTime(validUntil)}`, tone: 'warn' };
  return { word: `Valid until ${localTime(validUntil)}`, tone: 'good' };
}
