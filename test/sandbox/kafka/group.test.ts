import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Group } from '../../../electron/sandbox/kafka/group';
import type { JoinRequest, JoinResult } from '../../../electron/sandbox/kafka/group-member';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ASK: JoinRequest = {
  memberId: '',
  clientId: 'bus',
  clientHost: '/127.0.0.1',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from('m') }],
  requireMemberId: false,
};

/** Two members in a stable group. */
async function makeStableGroup(): Promise<{ group: Group; leader: JoinResult; follower: JoinResult }> {
  const group = new Group('riders');
  const joining = Promise.all([group.join(ASK), group.join(ASK)]);
  await vi.advanceTimersByTimeAsync(1000);
  const [leader, follower] = await joining;
  const assignments = new Map([
    [leader.memberId, Buffer.from('0')],
    [follower.memberId, Buffer.from('1')],
  ]);
  const waiting = group.sync(follower.memberId, 1, new Map());
  await group.sync(leader.memberId, 1, assignments);
  expect(String((await waiting).assignment)).toBe('1');
  return { group, leader, follower };
}

test('members that join together are in one generation, and the leader sees them all', async () => {
  const { group, leader, follower } = await makeStableGroup();

  expect([leader.generationId, follower.generationId]).toEqual([1, 1]);
  expect(leader.members.map(({ memberId }) => memberId)).toEqual([leader.memberId, follower.memberId]);
  expect(follower.members).toEqual([]);
  expect(group.phase).toBe('stable');
  group.close();
});

test('a new member is told its id before it joins', async () => {
  const group = new Group('riders');

  const first = await group.join({ ...ASK, requireMemberId: true });
  expect([first.errorCode, group.describeMembers()]).toEqual([79, []]);

  const joining = group.join({ ...ASK, memberId: first.memberId, requireMemberId: true });
  await vi.advanceTimersByTimeAsync(1000);
  expect((await joining).memberId).toBe(first.memberId);
  group.close();
});

test('a member that is silent for its session timeout is put out, and the others are told to join again', async () => {
  const { group, leader, follower } = await makeStableGroup();

  await vi.advanceTimersByTimeAsync(9_000);
  expect(group.heartbeat(leader.memberId, 1)).toBe(0);
  await vi.advanceTimersByTimeAsync(2_000);

  expect(group.heartbeat(follower.memberId, 1)).toBe(25);
  expect(group.heartbeat(leader.memberId, 1)).toBe(27);
  const again = await group.join({ ...ASK, memberId: leader.memberId });
  expect([again.generationId, again.members.length]).toEqual([2, 1]);
  group.close();
});

test('a rebalance does not wait longer than the rebalance timeout for a member that only sends heartbeats', async () => {
  const { group, leader, follower } = await makeStableGroup();

  const joining = group.join(ASK);
  const again = group.join({ ...ASK, memberId: leader.memberId });
  for (let second = 0; second < 61; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    group.heartbeat(follower.memberId, 1);
  }

  expect((await again).members.map(({ memberId }) => memberId)).toEqual([leader.memberId, (await joining).memberId]);
  expect(group.heartbeat(follower.memberId, 2)).toBe(25);
  group.close();
});

test('who speaks for a former generation is refused, and so is a commit by an outsider', async () => {
  const { group, leader } = await makeStableGroup();

  expect(group.judgeCommit(leader.memberId, 1)).toBe(0);
  expect(group.judgeCommit(leader.memberId, 0)).toBe(22);
  expect(group.judgeCommit('', -1)).toBe(25);
  expect(group.heartbeat(leader.memberId, 0)).toBe(22);
  expect((await group.sync(leader.memberId, 0, new Map())).errorCode).toBe(22);
  group.close();
});

test('a member that shares no protocol with the others is refused', async () => {
  const { group } = await makeStableGroup();

  const protocols = [{ name: 'sticky', metadata: Buffer.from('m') }];
  expect((await group.join({ ...ASK, protocols })).errorCode).toBe(23);
  expect((await group.join({ ...ASK, protocolType: 'connect' })).errorCode).toBe(23);
  group.close();
});

test('members that ask again without news keep their generation, but the leader starts a rebalance', async () => {
  const { group, leader, follower } = await makeStableGroup();

  expect((await group.join({ ...ASK, memberId: follower.memberId })).generationId).toBe(1);
  const again = group.join({ ...ASK, memberId: leader.memberId });
  expect(group.phase).toBe('preparing');
  await group.join({ ...ASK, memberId: follower.memberId });
  expect((await again).generationId).toBe(2);
  group.close();
});
