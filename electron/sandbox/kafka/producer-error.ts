/** PRODUCER_FENCED for clients that know it (KIP-588): before version 2 of the transaction APIs it had another name. */
import { ErrorCode } from './error-codes';

const FENCED_FROM_VERSION = 2;

export function producerErrorOf(errorCode: ErrorCode, version: number, knownFrom = FENCED_FROM_VERSION): ErrorCode {
  const isNews = errorCode === ErrorCode.PRODUCER_FENCED && version < knownFrom;
  return isNews ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode;
}
