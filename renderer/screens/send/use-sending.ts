import { useState } from 'react';
import { asPermafrostError } from '../../../shared/errors';

export interface Sending {
  readonly isBusy: boolean;
  /** what was wrong with the last try, by the name of the field; '' for the whole */
  readonly problems: Readonly<Record<string, string>>;
  readonly run: (action: () => Promise<unknown>) => void;
}

/** Runs one request at a time and keeps what main said about a field beside that field. */
export function useSending(): Sending {
  const [isBusy, setBusy] = useState(false);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const perform = async (action: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    try {
      await action();
      setProblems({});
    } catch (thrown) {
      setProblems(problemByField(thrown));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, problems, run: (action) => void perform(action) };
}

/** "topic: A topic needs a name", with context.field "topic", belongs to the field without the prefix. */
export function problemByField(thrown: unknown): Readonly<Record<string, string>> {
  const { message, context } = asPermafrostError(thrown);
  const field = typeof context['field'] === 'string' ? context['field'] : '';
  const text = field !== '' && message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
  return { [field]: text };
}
