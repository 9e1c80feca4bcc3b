/** What is wrong with certificates, logins and rights, in words that say what to do. */
import { messageOf, type ErrorCode, type ErrorContext } from '../../../shared/errors';

export interface SecurityProblem {
  readonly code: Extract<ErrorCode, 'KAFKA_TLS' | 'KAFKA_DENIED'>;
  readonly message: string;
}

/** @param thrown by kafkajs @returns null when it is about something else */
export function securityProblem(thrown: unknown, context: ErrorContext): SecurityProblem | null {
  if (!(thrown instanceof Error)) return null;
  return tlsProblem(thrown) ?? loginProblem(thrown) ?? rightsProblem(thrown, context);
}

const NOT_TRUSTED =
  'the broker shows a certificate of an authority that is not trusted here. Name the authority that has issued it (its CA certificate)';

const NO_TLS = 'the broker does not speak TLS at this port. Take the port of its TLS listener, or connect without TLS';
const NO_CLIENT_CERTIFICATE =
  'the broker wants a certificate of the client, and takes only those of an authority it knows. Give the client certificate and its key';

/** By the code that Node or OpenSSL gives. Source: nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS_CODES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the broker's certificate has expired. Whoever runs the broker has to renew it",
  CERT_NOT_YET_VALID: "the broker's certificate is not valid yet. Compare the clocks of both machines",
  CERT_REVOKED: "the broker's certificate was revoked. Ask who runs the broker",
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  CERT_SIGNATURE_FAILURE: NOT_TRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the broker's certificate is for another host. Give the name that stands in it, or have it issued for this one",
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  EPROTO: NO_TLS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: NO_CLIENT_CERTIFICATE,
};

function tlsProblem(thrown: Error): SecurityProblem | null {
  const { code } = thrown as NodeJS.ErrnoException;
  if (typeof code !== 'string') return null;
  const known = TLS_CODES[code];
  const isRefused = code.startsWith('ERR_SSL_') && code.includes('_ALERT_');
  const text = known ?? (isRefused ? `the broker ended the secure connection (${code})` : null);
  if (text !== null) return { code: 'KAFKA_TLS', message: `${text} (${messageOf(thrown)}).` };
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')
    ? { code: 'KAFKA_TLS', message: `no secure connection (${messageOf(thrown)}).` }
    : null;
}

const NO_LOGIN =
  'the broker does not ask for a login at this port. Take the port of its SASL listener, or connect without a login.';

function loginProblem(thrown: Error): SecurityProblem | null {
  const type = typeOf(thrown);
  if (type === 'ILLEGAL_SASL_STATE') return { code: 'KAFKA_DENIED', message: NO_LOGIN };
  if (thrown.name !== 'KafkaJSSASLAuthenticationError' && type !== 'SASL_AUTHENTICATION_FAILED') {
    return type === 'UNSUPPORTED_SASL_MECHANISM' ? { code: 'KAFKA_DENIED', message: unsupported(thrown) } : null;
  }
  const message = messageOf(thrown).includes('not supported by the server')
    ? unsupported(thrown)
    : `the broker does not take this login (${messageOf(thrown)}). Check the user and the password, or the token, and the mechanism.`;
  return { code: 'KAFKA_DENIED', message };
}

function unsupported(thrown: Error): string {
  return `the broker does not offer this way to log in (${messageOf(thrown)}). Choose another mechanism.`;
}

function rightsProblem(thrown: Error, { topic, topics, group }: ErrorContext): SecurityProblem | null {
  const whichTopic = topic === undefined && Array.isArray(topics) ? oneOf(topics) : named('topic', topic);
  const message = rightsMessage(typeOf(thrown), whichTopic, named('group', group));
  return message === null ? null : { code: 'KAFKA_DENIED', message };
}

function rightsMessage(type: string | null, topic: string, group: string): string | null {
  switch (type) {
    case 'TOPIC_AUTHORIZATION_FAILED':
      return `this user has no right to ${topic}. Give it Describe and Read, and Write for what is to be written.`;
    case 'GROUP_AUTHORIZATION_FAILED':
      return `this user has no right to ${group}. Give it Read on the group.`;
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return 'this user has no right to do that in the cluster. Give it Describe on the cluster, and Create or AlterConfigs where topics are made.';
    case 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED':
      return 'this user has no right to write in transactions. Give it Write and Describe on transactional ids that begin with "permafrost".';
    default:
      return null;
  }
}

/** Kafka's answer to a fetch does not say which. */
function oneOf(topics: readonly string[]): string {
  const [first] = topics;
  if (topics.length === 1 && first !== undefined) return named('topic', first);
  const more = topics.length > MOST_NAMED ? ` and ${topics.length - MOST_NAMED} more` : '';
  return `one of the topics ${topics.slice(0, MOST_NAMED).join(', ')}${more}`;
}

const MOST_NAMED = 5;

function named(what: string, name: ErrorContext[string] | undefined): string {
  return typeof name === 'string' ? `${what} ${name}` : `the ${what}`;
}

/** The protocol's error name. */
function typeOf(thrown: Error): string | null {
  const type: unknown = Reflect.get(thrown, 'type');
  return typeof type === 'string' ? type : null;
}
