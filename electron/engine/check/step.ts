/** Runs the steps of a check. */
import { asPermafrostError } from '../../../shared/errors';
import type { CheckStep } from '../../../shared/model/connection';

/** What was found: a sentence, or one with a warning. */
export type Found = string | { readonly warning: string } | { readonly skipped: string };

/** Runs steps one after another; behind one that has failed the others are skipped. */
export class Steps {
  readonly #onStep: (step: CheckStep) => void;
  #failed: string | null = null;

  constructor(onStep: (step: CheckStep) => void) {
    this.#onStep = onStep;
  }

  get hasFailed(): boolean {
    return this.#failed !== null;
  }

  async run(name: string, look: () => Promise<Found>): Promise<void> {
    if (this.#failed !== null) {
      this.#onStep({ name, result: 'skipped', said: `Not tried, since "${this.#failed}" did not work.`, code: null });
      return;
    }
    try {
      this.#onStep({ name, ...stepOf(await look()), code: null });
    } catch (thrown) {
      const { message, code } = asPermafrostError(thrown);
      this.#failed = name;
      this.#onStep({ name, result: 'failed', said: message, code });
    }
  }
}

function stepOf(found: Found): Pick<CheckStep, 'result' | 'said'> {
  if (typeof found === 'string') return { result: 'ok', said: found };
  if ('warning' in found) return { result: 'warning', said: found.warning };
  return { result: 'skipped', said: found.skipped };
}
