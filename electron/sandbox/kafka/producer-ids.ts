/** Ids for idempotent producers. They are reserved in blocks, so that none is given out twice, also after a crash. */
import { join } from 'node:path';
import { z } from 'zod';
import { readStateFile, replaceStateFile } from '../state-file';

const BLOCK = 1000;
const ProducerIdsFile = z.strictObject({ version: z.literal(1), nextBlock: z.int().nonnegative() });

export class ProducerIds {
  readonly #file: string;
  #next: number;
  #reservedEnd: number;
  #reserving: Promise<void> | undefined;

  private constructor(file: string, nextBlock: number) {
    this.#file = file;
    this.#next = nextBlock;
    this.#reservedEnd = nextBlock;
  }

  static async load(dataDir: string): Promise<ProducerIds> {
    const file = join(dataDir, 'producer-ids.json');
    const state = await readStateFile(file, ProducerIdsFile);
    return new ProducerIds(file, state?.nextBlock ?? 0);
  }

  async take(): Promise<number> {
    while (this.#next >= this.#reservedEnd) {
      this.#reserving ??= this.#reserve();
      await this.#reserving;
    }
    return this.#next++;
  }

  async #reserve(): Promise<void> {
    try {
      const end = this.#reservedEnd + BLOCK;
      await replaceStateFile(this.#file, { version: 1, nextBlock: end });
      this.#reservedEnd = end;
    } finally {
      this.#reserving = undefined;
    }
  }
}
