import type { Snapshot } from '../../archive/snapshot';
import type { BatchCompression } from '../../kafka/outgoing-batch';
import type { Identity } from '../../keys/identity';
import type { RestoreSelection } from './selection';

/** What to do with settings of an existing target that would delete, alter or refuse what is restored. */
export type ExistingSettings = 'refuse' | 'set aside' | 'keep';

export interface RestoreOptions {
  /** names the job: with the same name it goes on where it stood */
  readonly job: string;
  readonly selection: RestoreSelection;
  readonly toTopic: string;
  /** of the source's cluster: what a missing target is made like, and where its groups stood; null: there is none */
  readonly snapshot: Snapshot | null;
  /** groups of the snapshot to bring along; null: all */
  readonly groups: readonly string[] | null;
  /** allows a target that holds records already */
  readonly append: boolean;
  readonly existingSettings: ExistingSettings;
  /** `harmless`: put settings back at the end unless they would delete records; `all`: also then */
  readonly applySettings: 'no' | 'harmless' | 'all';
  /** null: as fast as it goes */
  readonly recordsPerSecond: number | null;
  readonly compression: BatchCompression;
  /** all private keys at hand */
  readonly identities: readonly Identity[];
}
