/**
 * The one error class of Permafrost, and the closed list of its codes.
 *
 * A message says what happened, to what, and what to do next. Secrets never go into a message or a context.
 * Code branches on `code`, never on the text.
 */
export const ERROR_CODES = [
  // input of the user
  'INPUT_INVALID', // a field or a parameter that does not fit its schema
  'FILE_LINE_INVALID', // a line of a file to send; context.line is 1-based
  'FILE_UNREADABLE', // a local file cannot be read
  'FILE_UNWRITABLE', // a local file cannot be written (permission, disk full)
  'BUCKET_NAME_INVALID',
  // keys
  'KEY_INVALID', // a PEM that is not an RSA key, or too small
  'KEY_MISSING', // no private key here that opens the archive; context.wanted lists fingerprints
  'KEY_WRONG', // the key that was given is not one of the archive's recipients
  // archives
  'ARCHIVE_DAMAGED', // checksum, authentication or structure does not hold
  'ARCHIVE_UNKNOWN_VERSION',
  'ARCHIVE_LIMIT', // larger than a limit that protects memory
  'NOT_AN_ARCHIVE',
  // stores
  'STORE_NOT_FOUND', // bucket or object
  'STORE_CONFLICT', // a precondition failed (create-only), or a bucket that exists already
  'STORE_DENIED', // 401, 403
  'STORE_UNAVAILABLE', // network, 408, 429, 5xx
  'STORE_REFUSED', // any other answer of the store
  // Kafka
  'KAFKA_UNAVAILABLE',
  'KAFKA_REFUSED', // the broker answered with an error that a retry does not mend
  'KAFKA_TLS', // no secure connection: a certificate that is not trusted, or no TLS at all
  'KAFKA_DENIED', // Kafka does not believe who we are, or has given us no right; context.topic or group where it is one's
  'BATCH_DAMAGED', // a record batch whose CRC or structure does not hold
  'LOG_TRUNCATED', // Kafka's log ends below what is archived, or was written anew there
  'CHAIN_BROKEN', // the bucket holds something at this position that does not fit; needs a person
  // the process
  'PORT_TAKEN',
  'SANDBOX_FAILED',
  'CANCELLED',
  'BUSY', // not possible in the present state, e.g. starting what runs already
  'INTERNAL', // a defect of Permafrost
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Where an error happened. Values are plain text or numbers, fit to be shown. */
export type ErrorContext = Readonly<Record<string, string | number | readonly string[]>>;

/** How an error travels over IPC and between threads. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retriable: boolean;
  readonly context: ErrorContext;
}

const RETRIABLE: ReadonlySet<ErrorCode> = new Set(['STORE_UNAVAILABLE', 'KAFKA_UNAVAILABLE']);

export class PermafrostError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, options: { context?: ErrorContext; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PermafrostError';
    this.code = code;
    this.retriable = RETRIABLE.has(code);
    this.context = options.context ?? {};
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Anything that was thrown, as a PermafrostError: itself, or INTERNAL with the thrown thing as its cause. */
export function asPermafrostError(thrown: unknown): PermafrostError {
  if (thrown instanceof PermafrostError) return thrown;
  return new PermafrostError('INTERNAL', messageOf(thrown), { cause: thrown });
}

export function toPlainError(thrown: unknown): PlainError {
  const { code, message, retriable, context } = asPermafrostError(thrown);
  return { code, message, retriable, context };
}

export function fromPlainError(plain: PlainError): PermafrostError {
  return new PermafrostError(plain.code, plain.message, { context: plain.context });
}
