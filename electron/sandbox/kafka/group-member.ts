/** A member of a consumer group: what it asks for, what it is told, what is known of it. */
import { randomUUID } from 'node:crypto';
import type { ErrorCode } from './error-codes';

export const NO_BYTES = Buffer.alloc(0);

export interface Protocol {
  readonly name: string;
  readonly metadata: Buffer;
}

export interface JoinRequest {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  readonly protocols: readonly Protocol[];
  /** KIP-394: a new member is told its id first and joins with it then. */
  readonly requireMemberId: boolean;
}

export interface JoinResult {
  readonly errorCode: ErrorCode;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leaderId: string;
  readonly memberId: string;
  /** For the leader only. */
  readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[];
}

export interface SyncResult {
  readonly errorCode: ErrorCode;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Buffer;
}

export interface Member {
  readonly id: string;
  clientId: string;
  clientHost: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: readonly Protocol[];
  assignment: Buffer;
  onJoined: ((result: JoinResult) => void) | undefined;
  onSynced: ((result: SyncResult) => void) | undefined;
  sessionTimer: NodeJS.Timeout | undefined;
}

export function newMemberId(request: JoinRequest): string {
  return `${request.clientId === '' ? 'member' : request.clientId}-${randomUUID()}`;
}

export function supports(member: Member, protocolName: string): boolean {
  return member.protocols.some(({ name }) => name === protocolName);
}

export function sameProtocols(a: readonly Protocol[], b: readonly Protocol[]): boolean {
  return (
    a.length === b.length &&
    a.every((protocol, at) => protocol.name === b[at]?.name && protocol.metadata.equals(b[at].metadata))
  );
}

export function refusedJoin(errorCode: ErrorCode, memberId: string): JoinResult {
  return { errorCode, generationId: -1, protocolType: null, protocolName: '', leaderId: '', memberId, members: [] };
}

export function refusedSync(errorCode: ErrorCode): SyncResult {
  return { errorCode, protocolType: null, protocolName: null, assignment: NO_BYTES };
}
