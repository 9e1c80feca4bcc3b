import { PermafrostError, type ErrorContext } from '../../../shared/errors';

/** @param what a clause that says what does not hold, e.g. "block 3 does not decompress" */
export function damaged(what: string, context: ErrorContext = {}, cause?: unknown): PermafrostError {
  const message = `The archive is damaged: ${what}. Fetch it again; if it stays so, use another copy.`;
  return new PermafrostError('ARCHIVE_DAMAGED', message, { context, cause });
}

export function tooLarge(bytes: number, maxBytes: number): PermafrostError {
  return new PermafrostError(
    'ARCHIVE_LIMIT',
    `A block of the archive would take ${megabytes(bytes)} of memory, where ${megabytes(maxBytes)} are allowed. It was not opened, to protect this machine.`,
    { context: { bytes, maxBytes } },
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
}
