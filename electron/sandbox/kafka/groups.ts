/** All consumer groups: those with members, and those that are known by their committed offsets alone. */
import { ErrorCode } from './error-codes';
import { Group } from './group';
import type { OffsetJournal } from './offset-journal';

export class Groups {
  readonly offsets: OffsetJournal;
  readonly #groups = new Map<string, Group>();

  constructor(offsets: OffsetJournal) {
    this.offsets = offsets;
    for (const id of offsets.groupIds()) this.getOrCreate(id);
  }

  get(id: string): Group | undefined {
    return this.#groups.get(id);
  }

  getOrCreate(id: string): Group {
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const group = new Group(id);
    this.#groups.set(id, group);
    return group;
  }

  list(): Group[] {
    return [...this.#groups.values()];
  }

  async delete(id: string): Promise<ErrorCode> {
    const group = this.#groups.get(id);
    if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND;
    if (group.phase !== 'empty') return ErrorCode.NON_EMPTY_GROUP;
    await this.offsets.deleteGroup(id);
    group.close();
    this.#groups.delete(id);
    return ErrorCode.NONE;
  }

  async close(): Promise<void> {
    for (const group of this.#groups.values()) group.close();
    await this.offsets.close();
  }
}
