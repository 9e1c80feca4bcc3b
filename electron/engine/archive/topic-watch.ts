import { setTimeout as sleep } from 'node:timers/promises';
import { asPermafrostError, type PermafrostError } from '../../../shared/errors';
import type { Cluster } from '../kafka/kafkajs-types';
import { fetchTopics, type TopicDescription } from '../kafka/topic-metadata';
import type { TopicSelection } from './options';
import { topicChooser } from './topic-pattern';

export interface TopicWatchHandlers {
  ask(): Promise<readonly TopicDescription[]>;
  /** the topics, their ids or their numbers of partitions are others than before */
  onChange(topics: readonly TopicDescription[]): Promise<void>;
  onProblem(error: PermafrostError): void;
}

/**
 * The topics to archive, by name and by pattern, as they exist now. kafkajs resolves a pattern once and looks for new
 * partitions every five minutes; this asks again every few seconds.
 */
export class TopicWatch {
  readonly #handlers: TopicWatchHandlers;
  readonly #over = new AbortController();
  #known: string;
  #soon = new AbortController();
  #running: Promise<void> | null = null;

  constructor(known: readonly TopicDescription[], handlers: TopicWatchHandlers) {
    this.#handlers = handlers;
    this.#known = signatureOf(known);
  }

  start(everyMs: number): void {
    this.#running ??= this.#watch(everyMs);
  }

  /** Asks at once: something happened that a change of topics would explain. */
  askNow(): void {
    this.#soon.abort();
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #watch(everyMs: number): Promise<void> {
    while (await this.#wait(everyMs)) {
      try {
        const topics = await this.#handlers.ask();
        const signature = signatureOf(topics);
        if (signature === this.#known || this.#over.signal.aborted) continue;
        await this.#handlers.onChange(topics);
        this.#known = signature;
      } catch (thrown) {
        if (!this.#over.signal.aborted) this.#handlers.onProblem(asPermafrostError(thrown));
      }
    }
  }

  /** @returns false when it is over */
  async #wait(ms: number): Promise<boolean> {
    const signal = AbortSignal.any([this.#over.signal, this.#soon.signal]);
    await sleep(ms, undefined, { signal }).catch((): void => undefined); // asked for, or over
    this.#soon = new AbortController();
    return !this.#over.signal.aborted;
  }
}

/** Those that exist, in name order. @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
export async function selectTopics(cluster: Cluster, choice: TopicSelection): Promise<readonly TopicDescription[]> {
  if (choice.patterns.length === 0) return fetchTopics(cluster, choice.names);
  const chosenBy = topicChooser(choice);
  return (await fetchTopics(cluster, null)).filter((topic) => chosenBy(topic) !== null);
}

function signatureOf(topics: readonly TopicDescription[]): string {
  return topics.map(({ name, topicId, partitions }) => `${name} ${topicId} ${partitions.length}`).join('\n');
}
