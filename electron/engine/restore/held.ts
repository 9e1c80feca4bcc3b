/**
 * What a retention policy keeps: objects and noncurrent versions that are younger than its period. Holds of single objects
 * are not looked at: the store says so when it comes to them.
 */
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import type { HeldView } from '../../../shared/model/archive';
import { durationText, type Retention } from '../../../shared/model/bucket-settings';
import type { BucketAdmin, StoredObject } from '../store/port';

/**
 * @returns null: none, or the account may not ask for it; then the store refuses, should there be one
 * @throws PermafrostError STORE_NOT_FOUND, STORE_UNAVAILABLE
 */
export async function retentionOf(admin: BucketAdmin, bucket: string): Promise<Retention | null> {
  try {
    return (await admin.settings(bucket)).retention;
  } catch (thrown) {
    if (asPermafrostError(thrown).code === 'STORE_DENIED') return null;
    throw thrown;
  }
}

/** Adds up what is held, page by page. */
export class HeldObjects {
  readonly #retention: Retention | null;
  readonly #now: number;
  #objects = 0;
  #until = 0;

  /** @param now ms since 1970 */
  constructor(retention: Retention | null, now: number) {
    this.#retention = retention;
    this.#now = now;
  }

  add(objects: readonly Pick<StoredObject, 'createdAt'>[]): void {
    if (this.#retention === null) return;
    const periodMs = this.#retention.periodSeconds * 1_000;
    for (const { createdAt } of objects) {
      if (createdAt + periodMs <= this.#now) continue;
      this.#objects += 1;
      this.#until = Math.max(this.#until, createdAt + periodMs);
    }
  }

  /** @returns null: nothing is held */
  view(): HeldView | null {
    if (this.#retention === null || this.#objects === 0) return null;
    return { objects: this.#objects, until: this.#until, isLocked: this.#retention.isLocked };
  }

  /** @throws PermafrostError STORE_DENIED when something is held: how many, until when, and what can be done */
  assertNone(location: string): void {
    const held = this.view();
    if (held === null || this.#retention === null) return;
    const count = held.objects === 1 ? '1 object is' : `${held.objects.toLocaleString('en')} objects are`;
    const until = new Date(held.until).toISOString();
    const next = held.isLocked
      ? 'The policy is locked, so nobody can remove it: wait until then.'
      : 'Wait until then, or remove the retention policy.';
    throw new PermafrostError(
      'STORE_DENIED',
      `Emptying ${location}: nothing was deleted, since ${count} kept by its retention policy of ${durationText(this.#retention.periodSeconds)}, the last until ${until}. ${next}`,
      { context: { held: held.objects, until } },
    );
  }
}
