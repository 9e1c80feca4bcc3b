import type { Assigner, PartitionAssigner } from 'kafkajs';
import { z } from 'zod';
import { kafkajs, type OutOfRangeListener } from './kafkajs';
import type { TopicPartition } from './raw-consumer';
import { assignSticky, type GroupMember } from './sticky-assignment';

/** Partitions by topic; what a member tells of itself when it joins. */
const ownedSchema = z.record(z.string(), z.array(z.number().int().min(0)));

const VERSION = 1;

/**
 * kafkajs's own assigner deals partitions out by the members' order, so that one who comes or goes moves nearly all, and
 * gives members topics that they have not subscribed to, which they then drop.
 * @param owned what this member has now
 * @param listener heard where kafkajs knows of nothing else that is the consumer's own
 */
export function stickyAssigner(
  owned: () => readonly TopicPartition[],
  listener: OutOfRangeListener = {},
): PartitionAssigner {
  const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
  return ({ cluster }): Assigner & OutOfRangeListener => ({
    ...listener,
    name: 'permafrost-sticky',
    version: VERSION,
    assign: ({ members, topics }) => {
      const partitions = topics.flatMap((topic) =>
        cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ topic, partition: partitionId })),
      );
      const assigned = assignSticky(members.map(readMember), partitions);
      return Promise.resolve(
        [...assigned].map(([memberId, own]) => ({
          memberId,
          memberAssignment: MemberAssignment.encode({
            version: VERSION,
            assignment: byTopic(own),
            userData: Buffer.alloc(0),
          }),
        })),
      );
    },
    protocol: ({ topics }) => ({
      name: 'permafrost-sticky',
      metadata: MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(byTopic(owned()))),
      }),
    }),
  });

  function readMember({ memberId, memberMetadata }: { memberId: string; memberMetadata: Buffer }): GroupMember {
    const metadata = MemberMetadata.decode(memberMetadata);
    return { memberId, topics: metadata?.topics ?? [], owned: readOwned(metadata?.userData) };
  }
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const topics: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) (topics[topic] ??= []).push(partition);
  return topics;
}

/** @returns none for what is not ours: a member that says nothing had nothing */
function readOwned(userData: Buffer | undefined): readonly TopicPartition[] {
  if (userData === undefined || userData.length === 0) return [];
  const parsed = ownedSchema.safeParse(parseJson(userData.toString('utf8')));
  if (!parsed.success) return [];
  return Object.entries(parsed.data).flatMap(([topic, numbers]) => numbers.map((partition) => ({ topic, partition })));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // another program's user data
  }
}
