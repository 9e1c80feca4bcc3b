/**
 * One request for all commits that wait for an earlier one: with hundreds of partitions, each that was uploaded would
 * otherwise ask for one of its own.
 */
import type { OffsetCommit } from './raw-consumer';

export class CommitQueue {
  readonly #send: (offsets: readonly OffsetCommit[]) => Promise<boolean>;
  #underWay: Promise<unknown> = Promise.resolve();
  /** not sent yet */
  #next: { readonly offsets: Map<string, OffsetCommit>; readonly sent: Promise<boolean> } | null = null;

  /** @param send one call at a time; of each partition the latest offset */
  constructor(send: (offsets: readonly OffsetCommit[]) => Promise<boolean>) {
    this.#send = send;
  }

  /** @returns what sending it with others returned @throws what that threw */
  add(offsets: readonly OffsetCommit[]): Promise<boolean> {
    const group = this.#next ?? this.#begin();
    for (const each of offsets) group.offsets.set(`${each.topic}/${each.partition}`, each);
    return group.sent;
  }

  #begin(): { readonly offsets: Map<string, OffsetCommit>; readonly sent: Promise<boolean> } {
    const offsets = new Map<string, OffsetCommit>();
    const sent = this.#underWay.then(() => {
      this.#next = null;
      return this.#send([...offsets.values()]);
    });
    this.#underWay = sent.catch(() => undefined); // told to all who wait for it
    this.#next = { offsets, sent };
    return this.#next;
  }
}
