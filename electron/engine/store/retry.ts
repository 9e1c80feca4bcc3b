/** Retries by Cloud Storage's rules: exponential back-off with jitter, the server's Retry-After honoured. */
import { setTimeout as delay } from 'node:timers/promises';
import { asPermafrostError, PermafrostError } from '../../../shared/errors';

export interface RetryOptions {
  readonly signal?: AbortSignal;
  /** gives up after so many tries; without it, never */
  readonly maxAttempts?: number;
  /** before each wait */
  readonly onRetry?: (error: PermafrostError) => void;
  /** when it worked after all */
  readonly onRecovered?: () => void;
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** 0 to 1 */
  readonly random?: () => number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 32_000;

/**
 * Repeats what fails with a retriable error. The work must be safe to repeat: conditional, or without effect.
 * @throws PermafrostError the last error; CANCELLED when the signal is aborted
 */
export async function retrying<Value>(work: () => Promise<Value>, options: RetryOptions): Promise<Value> {
  const { signal, maxAttempts = Infinity, sleep = sleepUnlessAborted, random = Math.random } = options;
  for (let attempt = 1; ; attempt += 1) {
    if (signal?.aborted) throw cancelled();
    try {
      const value = await work();
      if (attempt > 1) options.onRecovered?.();
      return value;
    } catch (thrown) {
      const error = asPermafrostError(thrown);
      if (signal?.aborted) throw cancelled();
      if (!error.retriable || attempt >= maxAttempts) throw error;
      options.onRetry?.(error);
      await sleep(Math.max(retryAfterMs(error), backoff(attempt, random())), signal);
    }
  }
}

/** Full wait at a random of 1, half of it at 0. */
function backoff(attempt: number, random: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)) * (0.5 + random / 2);
}

function retryAfterMs({ context }: PermafrostError): number {
  const after = context['retryAfterMs'];
  return typeof after === 'number' ? after : 0;
}

async function sleepUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (thrown) {
    throw new PermafrostError('CANCELLED', 'Cancelled while waiting to try again.', { cause: thrown });
  }
}

function cancelled(): PermafrostError {
  return new PermafrostError('CANCELLED', 'Cancelled.');
}
