/**
 * What is done to the archivers, one after another. It depends on the seed alone; who is hit when depends on the machine
 * as well: a fault that is meant for a member that is down hits the next one that is up.
 */
import type { BucketFault, BucketVerb } from '../faults/bucket-proxy';
import { KafkaError } from '../faults/kafka-errors';
import type { ApiKey } from '../faults/kafka-frames';
import type { KafkaFault } from '../faults/kafka-proxy';
import type { Random } from './random';

export const SLOTS = 3;

/** Hits the member in a slot, or the next one that is up. */
export type MemberFault =
  /** kill -9; it comes back */
  | { readonly kind: 'kill'; readonly slot: number; readonly downMs: number }
  /** SIGTERM: it drains and leaves the group; it comes back */
  | { readonly kind: 'stop'; readonly slot: number; readonly downMs: number }
  /** a worker thread of it throws where nobody catches */
  | { readonly kind: 'crash'; readonly slot: number }
  /** SIGSTOP, about as long as its session or longer, then SIGCONT: it may find its partitions with others */
  | { readonly kind: 'pause'; readonly slot: number; readonly ms: number }
  /** one leaves for good, unless it is the last one */
  | { readonly kind: 'leave'; readonly slot: number; readonly kills: boolean }
  | { readonly kind: 'clock jump'; readonly slot: number; readonly ms: number }
  | { readonly kind: 'connections cut'; readonly slot: number }
  | {
      readonly kind: 'kafka request';
      readonly slot: number;
      readonly api: keyof typeof ApiKey;
      readonly skip: number;
      readonly fault: KafkaFault;
    }
  | {
      readonly kind: 'bucket request';
      readonly slot: number;
      readonly verb: BucketVerb;
      readonly times: number;
      readonly fault: BucketFault;
    };

export type TortureFault =
  | MemberFault
  /** a further member joins the group, unless all are there */
  | { readonly kind: 'join' }
  | { readonly kind: 'broker kill'; readonly downMs: number }
  | { readonly kind: 'broker restart'; readonly downMs: number }
  | { readonly kind: 'bucket kill'; readonly downMs: number }
  /** for so long all requests of all members are refused */
  | { readonly kind: 'bucket storm'; readonly ms: number; readonly fault: BucketFault };

export interface Step {
  /** since the step before */
  readonly afterMs: number;
  /** it waits for an upload, so that it meets archivers at work; not for long */
  readonly awaitsUpload: boolean;
  readonly fault: TortureFault;
}

export interface ScheduleOptions {
  /** of the members' sessions */
  readonly sessionMs: number;
  /** how often a broker is killed, in one of so many faults: a real one takes its time to come back */
  readonly brokerFaultsOneIn: number;
}

/** Without an end. */
export function* schedule(random: Random, { sessionMs, brokerFaultsOneIn }: ScheduleOptions): Generator<Step, never> {
  for (;;) {
    const afterMs = random.chance(0.15) ? 0 : random.between(50, 700);
    const awaitsUpload = random.chance(0.6);
    const slot = random.between(0, SLOTS - 1);
    const isBrokers = random.chance(1 / brokerFaultsOneIn);
    const fault = isBrokers ? brokerFault(random) : memberFault(random, slot, sessionMs);
    yield { afterMs, awaitsUpload, fault };
  }
}

function brokerFault(random: Random): TortureFault {
  const kind = random.weighted([
    [2, 'broker kill'] as const,
    [1, 'broker restart'] as const,
    [1, 'bucket kill'] as const,
  ]);
  return { kind, downMs: random.between(0, 1_500) };
}

function memberFault(random: Random, slot: number, sessionMs: number): TortureFault {
  const kind = random.weighted([
    [10, 'kill'] as const,
    [4, 'stop'] as const,
    [5, 'crash'] as const,
    [5, 'pause'] as const,
    [5, 'join'] as const,
    [5, 'leave'] as const,
    [5, 'clock jump'] as const,
    [6, 'connections cut'] as const,
    [25, 'kafka request'] as const,
    [30, 'bucket request'] as const,
  ]);
  switch (kind) {
    case 'kill':
    case 'stop':
      return { kind, slot, downMs: random.between(0, 1_500) };
    case 'crash':
    case 'connections cut':
      return { kind, slot };
    case 'pause':
      return { kind, slot, ms: sessionMs + random.between(-500, 2_500) };
    case 'join':
      return { kind };
    case 'leave':
      return { kind, slot, kills: random.chance(0.5) };
    case 'clock jump':
      return { kind, slot, ms: random.pick([-1, 1]) * random.pick([1_500, 20_000, 3_600_000, 86_400_000]) };
    case 'kafka request':
      return kafkaRequest(random, slot, sessionMs);
    case 'bucket request':
      return bucketRequest(random, slot, sessionMs);
  }
}

const REFUSALS: readonly (readonly [weight: number, keyof typeof ApiKey, number])[] = [
  [3, 'Heartbeat', KafkaError.REBALANCE_IN_PROGRESS],
  [2, 'Heartbeat', KafkaError.UNKNOWN_MEMBER_ID],
  [2, 'Heartbeat', KafkaError.ILLEGAL_GENERATION],
  [2, 'OffsetCommit', KafkaError.REBALANCE_IN_PROGRESS],
  [2, 'OffsetCommit', KafkaError.UNKNOWN_MEMBER_ID],
  [1, 'OffsetCommit', KafkaError.NOT_COORDINATOR],
  [1, 'JoinGroup', KafkaError.COORDINATOR_LOAD_IN_PROGRESS],
  [1, 'JoinGroup', KafkaError.UNKNOWN_MEMBER_ID],
  [1, 'SyncGroup', KafkaError.REBALANCE_IN_PROGRESS],
  [1, 'FindCoordinator', KafkaError.COORDINATOR_NOT_AVAILABLE],
];

const APIS: readonly (readonly [weight: number, keyof typeof ApiKey])[] = [
  [5, 'Fetch'],
  [4, 'Heartbeat'],
  [5, 'OffsetCommit'],
  [3, 'OffsetFetch'],
  [3, 'ListOffsets'],
  [3, 'Metadata'],
  [2, 'JoinGroup'],
  [2, 'SyncGroup'],
  [1, 'LeaveGroup'],
  [1, 'FindCoordinator'],
  [1, 'ApiVersions'],
];

function kafkaRequest(random: Random, slot: number, sessionMs: number): TortureFault {
  if (random.chance(0.25)) {
    const [api, errorCode] = random.weighted(REFUSALS.map(([weight, ...refusal]) => [weight, refusal] as const));
    return { kind: 'kafka request', slot, api, skip: 0, fault: { kind: 'refuse', errorCode } };
  }
  const ms = random.between(50, sessionMs + 1_500);
  const fault = random.weighted<KafkaFault>([
    [6, { kind: 'cut' }],
    [8, { kind: 'cut-reply' }],
    [4, { kind: 'cut-within-reply' }],
    [4, { kind: 'delay', ms }],
    [4, { kind: 'delay-reply', ms }],
    // kafkajs waits 30 s for these
    [0.3, { kind: 'drop' }],
    [0.3, { kind: 'drop-reply' }],
  ]);
  return { kind: 'kafka request', slot, api: random.weighted(APIS), skip: random.between(0, 2), fault };
}

function bucketRequest(random: Random, slot: number, sessionMs: number): TortureFault {
  if (random.chance(0.12)) {
    const retryAfter = random.chance(0.5) ? { retryAfterSeconds: random.between(0, 1) } : {};
    const fault: BucketFault = { kind: 'answer', status: random.pick([429, 503, 503]), ...retryAfter };
    return { kind: 'bucket storm', ms: random.between(300, 2_500), fault };
  }
  const ms = random.between(50, sessionMs + 1_500);
  const fault = random.weighted<BucketFault>([
    [2, { kind: 'answer', status: 500 }],
    [3, { kind: 'reset' }],
    [4, { kind: 'cut-body' }],
    [7, { kind: 'lose-reply' }],
    [4, { kind: 'cut-reply' }],
    [6, { kind: 'duplicate' }],
    [6, { kind: 'deliver-late', ms }],
    [4, { kind: 'delay', ms }],
    [4, { kind: 'delay-reply', ms }],
    [3, { kind: 'throttle', bytesPerSecond: random.between(2_000, 20_000) }],
  ]);
  const verb = random.weighted([[8, 'upload'] as const, [1, 'list'] as const, [1, 'head'] as const]);
  return { kind: 'bucket request', slot, verb, times: random.chance(0.8) ? 1 : 3, fault };
}

/** For a log and for the table at the end. */
export function nameOf(fault: TortureFault): string {
  if (fault.kind === 'kafka request') return `kafka ${fault.api}: ${fault.fault.kind}`;
  if (fault.kind === 'bucket request') return `bucket ${fault.verb}: ${fault.fault.kind}`;
  if (fault.kind === 'leave') return fault.kills ? 'leave (killed)' : 'leave';
  return fault.kind;
}
