import { messageOf, PermafrostError, type ErrorContext } from '../../../shared/errors';
import { securityProblem } from './security-problem';

/** The fields of kafkajs's error classes that matter here. `type` is the protocol's error name. */
interface KafkajsError {
  readonly name: string;
  readonly type?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

const CONNECTION_ERRORS = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
]);

/** A leader or a coordinator is being chosen, or a broker starts: it passes. */
const PASSING_ERRORS = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'KAFKA_STORAGE_ERROR',
]);

/**
 * What kafkajs threw, as an error of ours: KAFKA_UNAVAILABLE when it may pass, KAFKA_TLS and KAFKA_DENIED when somebody has
 * to change certificates, passwords or rights, else KAFKA_REFUSED.
 */
export function fromKafkajs(thrown: unknown, doing: string, context: ErrorContext = {}): PermafrostError {
  const root = rootOf(thrown);
  if (root instanceof PermafrostError) return root;
  const found = securityProblem(root, context);
  if (found !== null) {
    const { code, message } = found;
    return new PermafrostError(code, `${doing}: ${message}`, { context, cause: thrown });
  }
  if (isUnavailable(root)) {
    return new PermafrostError(
      'KAFKA_UNAVAILABLE',
      `${doing}: Kafka does not answer (${messageOf(root)}). Check that the broker runs and can be reached${hintOf(root)}; it is tried again.`,
      { context, cause: thrown },
    );
  }
  return new PermafrostError('KAFKA_REFUSED', `${doing}: Kafka refused (${messageOf(root)}).`, {
    context,
    cause: thrown,
  });
}

/** What else it may be: a broker closes connections that come to the wrong listener, and does not say why. */
function hintOf(root: unknown): string {
  const isClosed = root instanceof Error && root.name === 'KafkaJSConnectionClosedError';
  const isReset = root instanceof Error && (root as NodeJS.ErrnoException).code === 'ECONNRESET';
  return isClosed || isReset ? ', and whether it wants TLS or a login at this port, or neither' : '';
}

/** The protocol's error name, such as UNKNOWN_TOPIC_OR_PARTITION; null when Kafka did not answer with one. */
export function protocolErrorOf(thrown: unknown): string | null {
  const root = rootOf(thrown);
  return isKafkajsError(root) ? (root.type ?? null) : null;
}

/** A request to a broker whose connection broke just before; a plain error of kafkajs, which it takes for final. */
const NOT_CONNECTED = 'Broker not connected';

function isUnavailable(root: unknown): boolean {
  if (root instanceof Error && root.message === NOT_CONNECTED) return true;
  if (!isKafkajsError(root)) return false;
  if (root.type !== undefined) return PASSING_ERRORS.has(root.type);
  return CONNECTION_ERRORS.has(root.name) || root.retriable === true;
}

/** kafkajs wraps errors in KafkaJSNumberOfRetriesExceeded and KafkaJSNonRetriableError, also those of ours. */
function rootOf(thrown: unknown): unknown {
  let root = thrown;
  while (isKafkajsError(root) && (isKafkajsError(root.cause) || root.cause instanceof PermafrostError)) {
    root = root.cause;
  }
  return root;
}

function isKafkajsError(thrown: unknown): thrown is KafkajsError {
  return thrown instanceof Error && thrown.name.startsWith('KafkaJS');
}
