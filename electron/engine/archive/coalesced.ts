/**
 * One question for all who ask the same at about the same time. Whoever asks while an answer is under way gets the next
 * one: an answer is never older than its question.
 */
export function coalesced<Answer>(ask: (key: string) => Promise<Answer>): (key: string) => Promise<Answer> {
  const underWay = new Map<string, Promise<Answer>>();
  const next = new Map<string, Promise<Answer>>();

  const begin = (key: string): Promise<Answer> => {
    next.delete(key);
    const answer = ask(key).finally(() => {
      if (underWay.get(key) === answer) underWay.delete(key);
    });
    underWay.set(key, answer);
    return answer;
  };

  return (key) => {
    const waiting = next.get(key);
    if (waiting !== undefined) return waiting;
    const before = underWay.get(key);
    if (before === undefined) return begin(key);
    const answer = before.then(
      () => begin(key),
      () => begin(key),
    );
    next.set(key, answer);
    return answer;
  };
}
