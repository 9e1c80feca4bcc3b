import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from './accounts';
import type { Buckets } from './buckets';

/** One request, and what it is about. */
export interface Call {
  readonly buckets: Buckets;
  readonly endpoint: string;
  readonly account: Account;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** empty where the path names none */
  readonly bucket: string;
  readonly object: string;
  readonly now: () => number;
}
