import { useState } from 'react';
import { problemByField } from '../../ipc/problem-by-field';

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
