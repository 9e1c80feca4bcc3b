import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ObjectIndex } from '../../../electron/sandbox/gcs/object-index';
import type { ObjectRecord } from '../../../electron/sandbox/gcs/object-record';

/** Few names, so that they meet; with one beyond the basic plane, where UTF-16 and UTF-8 sort apart. */
const name = fc.constantFrom('a', 'a/', 'a/b', 'b', 'ﬀ', '🧊', 'é');
const step = fc.record({ kind: fc.constantFrom('put', 'retire', 'remove', 'forget'), name });

function objectOf(objectName: string, generation: number): ObjectRecord {
  const time = '2030-01-01T00:00:00.000Z';
  return {
    ...{ name: objectName, generation: String(generation), metageneration: '1', size: 0, crc32c: '', md5Hash: '' },
    ...{ contentType: '', storageClass: 'STANDARD', timeCreated: time, updated: time, metadata: {} },
  };
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const inOrder = (objects: Iterable<ObjectRecord>): string[] =>
  [...objects]
    .sort((a, b) => byBytes(a.name, b.name) || Number(a.generation) - Number(b.generation))
    .map((object) => `${object.name}#${object.generation}`);
const shown = (objects: Iterable<ObjectRecord>): string[] =>
  [...objects].map((object) => `${object.name}#${object.generation}`);

test('whatever is put, made noncurrent and removed: what is there is listed, in order, from any place', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), name, fc.nat(60), (steps, start, generation) => {
      const index = new ObjectIndex([], []);
      const live = new Map<string, ObjectRecord>();
      let former: ObjectRecord[] = [];
      for (const [at, { kind, name: target }] of steps.entries()) {
        const present = live.get(target);
        const oldest = former.find((object) => object.name === target);
        if (kind === 'put') {
          live.set(target, objectOf(target, at + 1));
          index.putLive(objectOf(target, at + 1));
        } else if (kind === 'forget') {
          if (oldest === undefined) continue;
          former = former.filter((object) => object !== oldest);
          index.removeFormer(oldest);
        } else if (present !== undefined) {
          live.delete(target);
          index.removeLive(target);
          if (kind === 'remove') continue;
          former.push(present);
          index.putFormer(present);
        }
      }
      const all = [...live.values(), ...former];
      const isBehind = (object: ObjectRecord): boolean => byBytes(object.name, start) >= 0;

      expect(shown(index.liveFrom(''))).toEqual(inOrder(live.values()));
      expect(shown(index.generationsFrom(''))).toEqual(inOrder(all));
      expect(shown(index.liveFrom(start))).toEqual(inOrder([...live.values()].filter(isBehind)));
      expect(shown(index.generationsFrom(start, BigInt(generation)))).toEqual(
        inOrder(all.filter(isBehind).filter((each) => each.name !== start || Number(each.generation) >= generation)),
      );
      expect(index.isEmpty).toBe(all.length === 0);
      const loaded = new ObjectIndex([...live.values()].reverse(), [...former].reverse());
      expect(shown(loaded.generationsFrom(''))).toEqual(shown(index.generationsFrom('')));
    }),
  );
});
