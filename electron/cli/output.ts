import { toPlainError, type PlainError } from '../../shared/errors';

/** What a command tells while it runs: lines for a person, or one JSON object a line for a program. */
export interface Output {
  /** an event: `text` for a person, the fields for a program */
  event(kind: string, fields: Readonly<Record<string, unknown>>, text: string): void;
  problem(error: PlainError): void;
}

export function createOutput(isJson: boolean): Output {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const complain = (line: string): void => void process.stderr.write(`${line}\n`);
  if (!isJson) {
    return {
      event: (_kind, _fields, text) => print(text),
      problem: ({ message }) => complain(message),
    };
  }
  return {
    event: (kind, fields) => print(JSON.stringify({ event: kind, at: new Date().toISOString(), ...fields })),
    problem: (error) => print(JSON.stringify({ event: 'problem', at: new Date().toISOString(), ...error })),
  };
}

/** The last word of a command that failed. */
export function printFailure(thrown: unknown, isJson: boolean): void {
  const error = toPlainError(thrown);
  if (isJson) process.stdout.write(`${JSON.stringify({ event: 'failed', ...error })}\n`);
  else process.stderr.write(`permafrost: ${error.message}\n`);
}
