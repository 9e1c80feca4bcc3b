/** A record on its way into Kafka. */
export interface OutgoingRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** in order; a name may come twice */
  readonly headers: readonly (readonly [string, Buffer])[];
  /** ms since 1970 */
  readonly timestamp: number;
  /** chosen by the key's hash when absent */
  readonly partition?: number;
}

/** Where the records of one call went: `count` of them from `firstOffset` on, in order. */
export interface Acknowledged {
  readonly partition: number;
  readonly firstOffset: bigint;
  readonly count: number;
}

/** What the send room needs of Kafka. */
export interface RecordProducer {
  /** Resolves when every record is acknowledged. @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Acknowledged[]>;
}
