/** Which archives are read when not all are: always the same ones, so that a finding can be looked at again. */
import { createHash } from 'node:crypto';

/**
 * number of many: every so-many-th archive, 1/4 to 4/4 together are all, each once. per cent and bytes: so much of what is
 * stored, at least one archive, in an order that a hash of the archives' names makes.
 */
export type Part =
  | { readonly kind: 'number'; /** from 1 */ readonly number: number; readonly of: number }
  | { readonly kind: 'per cent'; readonly perCent: number }
  | { readonly kind: 'bytes'; readonly bytes: number };

interface Sized {
  readonly name: string;
  readonly size: number;
}

/** @param objectOf name and stored bytes of an item @returns in their order */
export function choosePart<Item>(
  items: readonly Item[],
  part: Part | null,
  objectOf: (item: Item) => Sized,
): readonly Item[] {
  if (part === null) return items;
  if (part.kind === 'number') return items.filter((_, index) => index % part.of === part.number - 1);
  const total = items.reduce((sum, item) => sum + objectOf(item).size, 0);
  const wanted = part.kind === 'bytes' ? part.bytes : (total * part.perCent) / 100;
  const shuffled = items
    .map((item, index) => ({ index, size: objectOf(item).size, hash: hashOf(objectOf(item).name) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const chosen = new Set<number>();
  let bytes = 0;
  for (const { index, size } of shuffled) {
    if (chosen.size > 0 && bytes + size > wanted) break;
    chosen.add(index);
    bytes += size;
  }
  return items.filter((_, index) => chosen.has(index));
}

/** "part 2 of 7", "5 %", "2,000,000 bytes" */
export function partText(part: Part): string {
  if (part.kind === 'number') return `part ${part.number} of ${part.of}`;
  return part.kind === 'bytes' ? `${part.bytes.toLocaleString('en')} bytes` : `${part.perCent} %`;
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
