/** Which of the requests that pass a proxy meet which fault. */

/** Of the requests that match: the first so many pass, the next so many meet the fault. */
export interface When<Request> {
  /** all requests, unless told otherwise */
  readonly matches?: (request: Request) => boolean;
  readonly skip?: number;
  /** 1 unless told otherwise; Infinity until it is cancelled */
  readonly times?: number;
}

export interface PlannedFault {
  /** Resolves when it is met for the first time. */
  readonly met: Promise<void>;
  /** how often it was met */
  readonly count: number;
  /** From now on requests pass. */
  cancel(): void;
}

interface Planned<Request, Fault> {
  readonly fault: Fault;
  readonly matches: (request: Request) => boolean;
  skip: number;
  times: number;
  count: number;
  readonly meet: () => void;
}

export class FaultPlan<Request, Fault> {
  readonly #planned = new Set<Planned<Request, Fault>>();

  plan(fault: Fault, when: When<Request> = {}): PlannedFault {
    let meet: () => void = () => undefined;
    const met = new Promise<void>((resolve) => (meet = resolve));
    const { matches = () => true, skip = 0, times = 1 } = when;
    const planned: Planned<Request, Fault> = { fault, matches, skip, times, count: 0, meet };
    this.#planned.add(planned);
    return {
      met,
      get count() {
        return planned.count;
      },
      cancel: () => void this.#planned.delete(planned),
    };
  }

  /** @returns what this request meets: the fault that was planned first, of those that are due */
  take(request: Request): Fault | null {
    for (const planned of this.#planned) {
      if (!planned.matches(request)) continue;
      if (planned.skip > 0) {
        planned.skip -= 1;
        continue;
      }
      planned.count += 1;
      planned.times -= 1;
      if (planned.times <= 0) this.#planned.delete(planned);
      planned.meet();
      return planned.fault;
    }
    return null;
  }

  /** Forgets all that was planned. */
  clear(): void {
    this.#planned.clear();
  }
}
