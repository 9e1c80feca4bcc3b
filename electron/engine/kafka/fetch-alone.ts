/** Fetches of readers without a group, which share a broker's connection for fetches. */
import type { Broker } from './kafkajs-types';

/** Of a broker's connection for fetches: the first one opens it. */
const opening = new WeakMap<Broker, Promise<unknown>>();

/** kafkajs opens a connection twice when two need it at the same time, loses one, and the process never ends. */
export async function fetchAlone(broker: Broker, request: Parameters<Broker['fetch']>[0]): ReturnType<Broker['fetch']> {
  const first = opening.get(broker);
  if (first !== undefined) {
    await first;
    return broker.fetch(request);
  }
  const answer = broker.fetch(request);
  opening.set(
    broker,
    answer.catch(() => undefined), // told to who asked
  );
  return answer;
}

/** The broker failed: its connection is opened anew. */
export function forgetFetches(broker: Broker): void {
  opening.delete(broker);
}
