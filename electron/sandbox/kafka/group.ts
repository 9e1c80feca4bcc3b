/**
 * One consumer group and its rebalances (the classic protocol of JoinGroup and SyncGroup).
 *
 *     empty --join--> preparing --all joined, or time is up--> completing --leader synced--> stable
 *       ^                ^                                          |                          |
 *       |                +---- a member joins, leaves, expires -----+--------------------------+
 *       +---- the last member is gone
 *
 * not implemented: static membership (KIP-345). A group.instance.id is read and ignored: such a member is a dynamic one.
 */
import { ErrorCode } from './error-codes';
import {
  NO_BYTES,
  newMemberId,
  refusedJoin,
  refusedSync,
  sameProtocols,
  supports,
  type JoinRequest,
  type JoinResult,
  type Member,
  type SyncResult,
} from './group-member';

export type GroupPhase = 'empty' | 'preparing' | 'completing' | 'stable';

const MAX_SESSION_TIMEOUT_MS = 30 * 60_000;
/** Members that start together find each other in one rebalance. Kafka waits 3 s; a person at a screen should not. */
const INITIAL_REBALANCE_DELAY_MS = 200;

export class Group {
  readonly id: string;
  readonly #members = new Map<string, Member>();
  /** Ids that were given out and have not joined yet. */
  readonly #promisedIds = new Map<string, NodeJS.Timeout>();
  #phase: GroupPhase = 'empty';
  #generationId = 0;
  #protocolType: string | null = null;
  #protocolName: string | null = null;
  #leaderId = '';
  #rebalanceTimer: NodeJS.Timeout | undefined;
  #mustWaitForTimer = false;

  constructor(id: string) {
    this.id = id;
  }

  get phase(): GroupPhase {
    return this.#phase;
  }

  get protocolType(): string {
    return this.#protocolType ?? '';
  }

  get protocolName(): string {
    return this.#phase === 'stable' ? (this.#protocolName ?? '') : '';
  }

  describeMembers(): {
    memberId: string;
    clientId: string;
    clientHost: string;
    metadata: Buffer;
    assignment: Buffer;
  }[] {
    return [...this.#members.values()].map((member) => ({
      memberId: member.id,
      clientId: member.clientId,
      clientHost: member.clientHost,
      metadata: this.#phase === 'stable' ? this.#metadataOf(member) : NO_BYTES,
      assignment: this.#phase === 'stable' ? member.assignment : NO_BYTES,
    }));
  }

  join(request: JoinRequest): Promise<JoinResult> {
    return new Promise((resolve) => {
      const refusal = this.#refusalOfJoin(request);
      if (refusal !== undefined) {
        resolve(refusedJoin(refusal, request.memberId));
        return;
      }
      if (request.memberId === '' && request.requireMemberId) {
        resolve(refusedJoin(ErrorCode.MEMBER_ID_REQUIRED, this.#promiseId(request)));
        return;
      }
      const member = this.#members.get(request.memberId);
      if (member === undefined) {
        this.#addMember(request, resolve);
        return;
      }
      this.#rejoin(member, request, resolve);
    });
  }

  #refusalOfJoin(request: JoinRequest): ErrorCode | undefined {
    if (request.sessionTimeoutMs < 1 || request.sessionTimeoutMs > MAX_SESSION_TIMEOUT_MS) {
      return ErrorCode.INVALID_SESSION_TIMEOUT;
    }
    if (request.memberId !== '' && !this.#members.has(request.memberId) && !this.#promisedIds.has(request.memberId)) {
      return ErrorCode.UNKNOWN_MEMBER_ID;
    }
    if (request.protocols.length === 0) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
    const others = [...this.#members.values()].filter((member) => member.id !== request.memberId);
    if (others.length === 0) return undefined;
    const isShared = request.protocols.some(({ name }) => others.every((member) => supports(member, name)));
    return request.protocolType === this.#protocolType && isShared ? undefined : ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
  }

  #promiseId(request: JoinRequest): string {
    const memberId = newMemberId(request);
    const forget = setTimeout(() => this.#breakPromise(memberId), request.sessionTimeoutMs);
    this.#promisedIds.set(memberId, forget);
    return memberId;
  }

  #breakPromise(memberId: string): void {
    clearTimeout(this.#promisedIds.get(memberId));
    this.#promisedIds.delete(memberId);
    this.#completeJoinIfAllAreHere();
  }

  #addMember(request: JoinRequest, onJoined: (result: JoinResult) => void): void {
    const id = request.memberId === '' ? newMemberId(request) : request.memberId;
    clearTimeout(this.#promisedIds.get(id));
    this.#promisedIds.delete(id);
    this.#members.set(id, {
      id,
      clientId: request.clientId,
      clientHost: request.clientHost,
      sessionTimeoutMs: request.sessionTimeoutMs,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs,
      protocols: request.protocols,
      assignment: NO_BYTES,
      onJoined,
      onSynced: undefined,
      sessionTimer: undefined,
    });
    this.#protocolType = request.protocolType;
    this.#prepareRebalance();
    this.#completeJoinIfAllAreHere();
  }

  #rejoin(member: Member, request: JoinRequest, onJoined: (result: JoinResult) => void): void {
    const isUnchanged = sameProtocols(member.protocols, request.protocols);
    // Its answer was lost, or it asks without a reason to: the generation goes on.
    const mayStay =
      (this.#phase === 'completing' && isUnchanged) ||
      (this.#phase === 'stable' && isUnchanged && member.id !== this.#leaderId);
    if (mayStay) {
      this.#expectHeartbeat(member);
      onJoined(this.#joinResultFor(member));
      return;
    }
    member.onJoined?.(refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, member.id));
    member.onJoined = onJoined;
    member.protocols = request.protocols;
    member.sessionTimeoutMs = request.sessionTimeoutMs;
    member.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
    member.clientId = request.clientId;
    member.clientHost = request.clientHost;
    clearTimeout(member.sessionTimer);
    this.#prepareRebalance();
    this.#completeJoinIfAllAreHere();
  }

  #prepareRebalance(): void {
    if (this.#phase === 'preparing') return;
    this.#mustWaitForTimer = this.#phase === 'empty';
    for (const member of this.#members.values()) {
      member.assignment = NO_BYTES;
      this.#answerSync(member, ErrorCode.REBALANCE_IN_PROGRESS);
    }
    this.#phase = 'preparing';
    const slowest = Math.max(...[...this.#members.values()].map((member) => member.rebalanceTimeoutMs), 0);
    const delay = this.#mustWaitForTimer ? Math.min(INITIAL_REBALANCE_DELAY_MS, slowest) : slowest;
    clearTimeout(this.#rebalanceTimer);
    this.#rebalanceTimer = setTimeout(() => this.#completeJoin(), delay);
  }

  #completeJoinIfAllAreHere(): void {
    if (this.#phase !== 'preparing' || this.#mustWaitForTimer || this.#promisedIds.size > 0) return;
    if ([...this.#members.values()].every((member) => member.onJoined !== undefined)) this.#completeJoin();
  }

  /** Whoever has not joined by now is out. */
  #completeJoin(): void {
    clearTimeout(this.#rebalanceTimer);
    for (const member of this.#members.values()) {
      if (member.onJoined === undefined) this.#forget(member);
    }
    this.#mustWaitForTimer = false;
    this.#generationId++;
    if (this.#members.size === 0) {
      this.#becomeEmpty();
      return;
    }
    this.#phase = 'completing';
    this.#protocolName = this.#electProtocol();
    if (!this.#members.has(this.#leaderId)) this.#leaderId = this.#firstMemberId();
    for (const member of this.#members.values()) {
      const { onJoined } = member;
      member.onJoined = undefined;
      this.#expectHeartbeat(member);
      onJoined?.(this.#joinResultFor(member));
    }
  }

  #becomeEmpty(): void {
    this.#phase = 'empty';
    this.#leaderId = '';
    this.#protocolName = null;
  }

  #firstMemberId(): string {
    for (const id of this.#members.keys()) return id;
    return '';
  }

  /** Every member votes for the first of its protocols that all have. */
  #electProtocol(): string {
    const members = [...this.#members.values()];
    const votes = new Map<string, number>();
    for (const { protocols } of members) {
      const choice = protocols.find(({ name }) => members.every((member) => supports(member, name)));
      if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
    }
    return [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best), ['', 0])[0];
  }

  #metadataOf(member: Member): Buffer {
    return member.protocols.find(({ name }) => name === this.#protocolName)?.metadata ?? NO_BYTES;
  }

  #joinResultFor(member: Member): JoinResult {
    const isLeader = member.id === this.#leaderId;
    return {
      errorCode: ErrorCode.NONE,
      generationId: this.#generationId,
      protocolType: this.#protocolType,
      protocolName: this.#protocolName,
      leaderId: this.#leaderId,
      memberId: member.id,
      members: isLeader
        ? [...this.#members.values()].map((other) => ({ memberId: other.id, metadata: this.#metadataOf(other) }))
        : [],
    };
  }

  sync(memberId: string, generationId: number, assignments: ReadonlyMap<string, Buffer>): Promise<SyncResult> {
    return new Promise((resolve) => {
      const member = this.#members.get(memberId);
      const errorCode = this.#errorOf(member, generationId);
      if (member === undefined || errorCode !== ErrorCode.NONE) {
        resolve(refusedSync(errorCode));
        return;
      }
      if (this.#phase === 'preparing') {
        resolve(refusedSync(ErrorCode.REBALANCE_IN_PROGRESS));
        return;
      }
      this.#expectHeartbeat(member);
      member.onSynced?.(refusedSync(ErrorCode.UNKNOWN_MEMBER_ID));
      member.onSynced = resolve;
      if (this.#phase === 'stable') {
        this.#answerSync(member, ErrorCode.NONE);
        return;
      }
      if (memberId === this.#leaderId) this.#becomeStable(assignments);
    });
  }

  #becomeStable(assignments: ReadonlyMap<string, Buffer>): void {
    this.#phase = 'stable';
    for (const member of this.#members.values()) {
      // A copy: the request these bytes are part of may be large.
      member.assignment = Buffer.from(assignments.get(member.id) ?? NO_BYTES);
      this.#answerSync(member, ErrorCode.NONE);
    }
  }

  #answerSync(member: Member, errorCode: ErrorCode): void {
    const { onSynced, assignment } = member;
    member.onSynced = undefined;
    if (errorCode !== ErrorCode.NONE) return onSynced?.(refusedSync(errorCode));
    onSynced?.({ errorCode, protocolType: this.#protocolType, protocolName: this.#protocolName, assignment });
  }

  heartbeat(memberId: string, generationId: number): ErrorCode {
    const member = this.#members.get(memberId);
    const errorCode = this.#errorOf(member, generationId);
    if (member === undefined || errorCode !== ErrorCode.NONE) return errorCode;
    this.#expectHeartbeat(member);
    return this.#phase === 'preparing' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
  }

  /** Whether this member, or nobody in particular while there is no member at all, may commit offsets. */
  judgeCommit(memberId: string, generationId: number): ErrorCode {
    if (generationId < 0 && this.#members.size === 0) return ErrorCode.NONE;
    const member = this.#members.get(memberId);
    const errorCode = this.#errorOf(member, generationId);
    if (member === undefined || errorCode !== ErrorCode.NONE) return errorCode;
    if (this.#phase === 'completing') return ErrorCode.REBALANCE_IN_PROGRESS;
    this.#expectHeartbeat(member);
    return ErrorCode.NONE;
  }

  #errorOf(member: Member | undefined, generationId: number): ErrorCode {
    if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    return generationId === this.#generationId ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
  }

  leave(memberId: string): ErrorCode {
    if (this.#promisedIds.has(memberId)) {
      this.#breakPromise(memberId);
      return ErrorCode.NONE;
    }
    const member = this.#members.get(memberId);
    if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    this.#remove(member);
    return ErrorCode.NONE;
  }

  #expectHeartbeat(member: Member): void {
    clearTimeout(member.sessionTimer);
    if (member.onJoined !== undefined) return;
    member.sessionTimer = setTimeout(() => this.#remove(member), member.sessionTimeoutMs);
  }

  #forget(member: Member): void {
    clearTimeout(member.sessionTimer);
    member.onJoined?.(refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, member.id));
    member.onSynced?.(refusedSync(ErrorCode.UNKNOWN_MEMBER_ID));
    member.onJoined = undefined;
    member.onSynced = undefined;
    this.#members.delete(member.id);
  }

  #remove(member: Member): void {
    this.#forget(member);
    if (this.#members.size > 0) {
      this.#prepareRebalance();
      this.#completeJoinIfAllAreHere();
      return;
    }
    if (this.#phase === 'preparing') {
      this.#completeJoinIfAllAreHere();
      return;
    }
    this.#generationId++;
    this.#becomeEmpty();
  }

  /** Answers everybody who waits, and stops all timers. */
  close(): void {
    clearTimeout(this.#rebalanceTimer);
    for (const timer of this.#promisedIds.values()) clearTimeout(timer);
    for (const member of [...this.#members.values()]) this.#forget(member);
  }
}
