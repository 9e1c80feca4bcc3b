import { useEffect, useEffectEvent, useState } from 'react';
import { asPermafrostError, type PermafrostError } from '../../../../shared/errors';

const WAIT_MS = 250;

export interface Asked<Answer> {
  /** the last one, until the next is there; null before the first */
  readonly answer: Answer | null;
  readonly error: PermafrostError | null;
  /** `answer` is about an earlier key */
  readonly isOutdated: boolean;
}

/**
 * Asks when the key changes, a moment after the last change, so that typing asks once.
 * @param key null: there is nothing to ask
 */
export function useAsked<Answer>(key: string | null, ask: () => Promise<Answer>): Asked<Answer> {
  const [state, setState] = useState<Omit<Asked<Answer>, 'isOutdated'> & { readonly key: string | null }>({
    key: null,
    answer: null,
    error: null,
  });
  const askNow = useEffectEvent(ask);
  useEffect(() => {
    if (key === null) return undefined;
    let isWanted = true;
    const run = async (): Promise<void> => {
      try {
        const answer = await askNow();
        if (isWanted) setState({ key, answer, error: null });
      } catch (thrown) {
        if (isWanted) setState((before) => ({ ...before, key, error: asPermafrostError(thrown) }));
      }
    };
    const timer = setTimeout(() => void run(), WAIT_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key]);
  return { answer: state.answer, error: state.error, isOutdated: state.key !== key };
}
