/** An answer that is an error, shaped as Cloud Storage's JSON API does. */
export class HttpError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  get body(): unknown {
    const { status: code, reason, message } = this;
    return { error: { code, message, errors: [{ message, domain: 'global', reason }] } };
  }
}

export const notFound = (what: string): HttpError => new HttpError(404, 'notFound', `${what} does not exist.`);
export const invalid = (message: string): HttpError => new HttpError(400, 'invalid', message);
export const notImplemented = (message: string): HttpError => new HttpError(501, 'notImplemented', message);
export const conditionNotMet = (): HttpError =>
  new HttpError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
