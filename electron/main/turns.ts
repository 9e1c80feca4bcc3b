/** One after another: what was asked for first is over before the next begins, also when it failed. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what the work returns @throws what it throws */
  take<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined); // told to who took the turn
    return turn;
  }
}
