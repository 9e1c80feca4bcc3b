import { messageOf, PermafrostError, type ErrorCode } from '../../../shared/errors';

/** Why Cloud Storage keeps an object whoever asks. Source: cloud.google.com/storage/docs/json_api/v1/status-codes */
const HELD_REASONS: Readonly<Record<string, string>> = {
  retentionPolicyNotMet:
    "the bucket's retention policy keeps it until it is old enough. Delete it then, or shorten the policy, which can't be done once it is locked",
  objectUnderActiveHold: 'a hold keeps it. Release the hold, then delete it',
};

/** Network failures that a retry may mend, by Node's error code. */
const NETWORK_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** The same without a code, by the type that node-fetch gives its errors. */
const TIMEOUT_TYPES = new Set(['request-timeout', 'body-timeout']);

export interface StorageAction {
  /** what was tried, e.g. "Uploading" */
  readonly doing: string;
  readonly bucket: string;
  readonly object?: string;
}

/** What @google-cloud/storage threw, as an error of ours: told by HTTP status and errno, never by its text. */
export function fromStorage(thrown: unknown, action: StorageAction, signal?: AbortSignal): PermafrostError {
  if (thrown instanceof PermafrostError) return thrown;
  const { doing, bucket, object } = action;
  const what = object === undefined ? `gs://${bucket}` : `gs://${bucket}/${object}`;
  if (signal?.aborted) return new PermafrostError('CANCELLED', `${doing} ${what} was cancelled.`, { cause: thrown });
  const code = codeOf(thrown);
  const retryAfterMs = retryAfterOf(thrown);
  return new PermafrostError(code, `${doing} ${what}: ${explain(code, thrown)}`, {
    context: {
      bucket,
      ...(object === undefined ? {} : { object }),
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    },
    cause: thrown,
  });
}

/** Why an object can't be deleted or replaced, whatever rights one has; null: that is not the reason. */
export function heldReason(thrown: unknown): string | null {
  const errors = fieldOf(thrown, 'errors');
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const reason = fieldOf(first, 'reason');
  return typeof reason === 'string' && Object.hasOwn(HELD_REASONS, reason) ? reason : null;
}

/** The HTTP status of an answer; null when there was none. */
export function statusOf(thrown: unknown): number | null {
  const code = fieldOf(thrown, 'code');
  return typeof code === 'number' ? code : null;
}

function codeOf(thrown: unknown): ErrorCode {
  const status = statusOf(thrown);
  if (status === null) return isNetworkFailure(thrown) ? 'STORE_UNAVAILABLE' : 'STORE_REFUSED';
  if (status === 404) return 'STORE_NOT_FOUND';
  if (status === 401 || status === 403) return 'STORE_DENIED';
  if (status === 409 || status === 412) return 'STORE_CONFLICT';
  if (status === 408 || status === 429 || status >= 500) return 'STORE_UNAVAILABLE';
  return 'STORE_REFUSED';
}

function isNetworkFailure(thrown: unknown): boolean {
  const code = fieldOf(thrown, 'code');
  if (typeof code === 'string' && NETWORK_CODES.has(code)) return true;
  const type = fieldOf(thrown, 'type');
  if (typeof type === 'string' && TIMEOUT_TYPES.has(type)) return true;
  const cause = fieldOf(thrown, 'cause');
  return cause !== undefined && cause !== thrown && isNetworkFailure(cause);
}

function explain(code: ErrorCode, thrown: unknown): string {
  const status = statusOf(thrown);
  const answer = status === null ? messageOf(thrown) : `HTTP ${status}, ${messageOf(thrown)}`;
  const held = heldReason(thrown);
  if (held !== null) return `${HELD_REASONS[held] ?? held} (${answer}).`;
  switch (code) {
    case 'STORE_NOT_FOUND':
      return 'there is no such bucket or object. Check the name, or create the bucket.';
    case 'STORE_DENIED':
      return `access was denied (${answer}). Give the account the rights it needs: objectCreator and objectViewer.`;
    case 'STORE_CONFLICT':
      return `it exists already or has changed meanwhile (${answer}). Nothing was overwritten.`;
    case 'STORE_UNAVAILABLE':
      return `the store does not answer (${answer}). It is tried again.`;
    default:
      return `the store refused (${answer}).`;
  }
}

/** Seconds or a date, in the answer's Retry-After. */
function retryAfterOf(thrown: unknown): number | null {
  const headers = fieldOf(fieldOf(thrown, 'response'), 'headers');
  const value: unknown = headers instanceof Headers ? headers.get('retry-after') : fieldOf(headers, 'retry-after');
  if (typeof value !== 'string') return null;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

function fieldOf(thing: unknown, name: string): unknown {
  return typeof thing === 'object' && thing !== null ? Reflect.get(thing, name) : undefined;
}
