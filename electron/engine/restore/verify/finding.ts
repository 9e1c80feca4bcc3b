/** What a verification found: each says where, what is wrong and what that means for the data. */

/**
 * missing: offsets that no archive covers; overlapping: offsets that two cover; expired: Kafka deleted them before they were
 * archived; damaged: an archive that does not hold; misplaced: one that is not what its name says; unreadable: an archive
 * by its name whose metadata do not hold; vanished: it was deleted or replaced meanwhile; no-key: its content was not looked at;
 * differs, not-in-kafka, not-archived: a record that is another one in Kafka, or that only one of both has
 */
export type FindingKind =
  | 'missing'
  | 'overlapping'
  | 'expired'
  | 'damaged'
  | 'misplaced'
  | 'unreadable'
  | 'vanished'
  | 'no-key'
  | 'differs'
  | 'not-in-kafka'
  | 'not-archived';

export interface Finding {
  readonly kind: FindingKind;
  readonly topic: string;
  readonly partition: number;
  /** as in the archives' names */
  readonly life: string;
  /** inclusive */
  readonly firstOffset: bigint;
  /** exclusive */
  readonly nextOffset: bigint;
  /** null where there is none */
  readonly object: string | null;
  /** what is wrong, in a sentence */
  readonly cause: string;
  /** what it means for the data, in a sentence */
  readonly meaning: string;
}
