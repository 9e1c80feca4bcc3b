import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignSticky, type GroupMember } from '../../../electron/engine/kafka/sticky-assignment';
import type { TopicPartition } from '../../../electron/engine/kafka/raw-consumer';

function partitions(topic: string, count: number): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

function member(memberId: string, owned: readonly TopicPartition[] = [], topics = ['birds']): GroupMember {
  return { memberId, topics, owned };
}

test('members who had nothing get equal shares', () => {
  const assigned = assignSticky([member('a'), member('b'), member('c')], partitions('birds', 7));

  expect([...assigned.values()].map((own) => own.length).sort()).toEqual([2, 2, 3]);
});

test('who comes takes only its share; all others keep the rest of theirs', () => {
  const all = partitions('birds', 6);

  const assigned = assignSticky([member('a', all.slice(0, 3)), member('b', all.slice(3)), member('c')], all);

  expect(assigned.get('a')).toEqual(all.slice(0, 2));
  expect(assigned.get('b')).toEqual(all.slice(3, 5));
  expect(assigned.get('c')).toHaveLength(2);
});

test('who goes leaves its share to the others, who keep theirs', () => {
  const all = partitions('birds', 6);

  const assigned = assignSticky([member('a', all.slice(0, 2)), member('b', all.slice(2, 4))], all);

  expect(assigned.get('a')).toEqual(expect.arrayContaining(all.slice(0, 2)));
  expect(assigned.get('b')).toEqual(expect.arrayContaining(all.slice(2, 4)));
});

test('a topic goes only to members that read it, and one that nobody reads to nobody', () => {
  const all = [...partitions('birds', 2), ...partitions('bees', 2), ...partitions('trees', 2)];

  const assigned = assignSticky([member('a', [], ['birds']), member('b', [], ['birds', 'bees'])], all);

  expect(assigned.get('a')).toEqual(partitions('birds', 2));
  expect(assigned.get('b')).toEqual(partitions('bees', 2));
});

test('every partition that is read goes to one member exactly, whatever the members claim', () => {
  const claims = fc.array(fc.record({ topic: fc.constantFrom('birds', 'bees'), partition: fc.nat(9) }), {
    maxLength: 12,
  });
  const topics = fc.subarray(['birds', 'bees']);
  const members = fc.array(fc.record({ owned: claims, topics }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(members, fc.nat(10), fc.nat(10), (given, birds, bees) => {
      const group = given.map((each, index) => ({ memberId: `m${index}`, ...each }));
      const all = [...partitions('birds', birds), ...partitions('bees', bees)];

      const assigned = [...assignSticky(group, all)].flatMap(([memberId, own]) =>
        own.map((each) => ({ memberId, ...each })),
      );

      const read = all.filter(({ topic }) => group.some((each) => each.topics.includes(topic)));
      const name = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
      expect(assigned.map(name).sort()).toEqual(read.map(name).sort());
      for (const { memberId, topic } of assigned) {
        expect(group.find((each) => each.memberId === memberId)?.topics).toContain(topic);
      }
    }),
  );
});
