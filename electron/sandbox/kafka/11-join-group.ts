/**
 * JoinGroup, v0-9. Begins or joins a rebalance, see group.ts; answered when all members have joined or time is up.
 * not implemented: static membership (KIP-345): group_instance_id is ignored.
 *
 *     Request   group_id STRING, session_timeout_ms INT32, rebalance_timeout_ms INT32 (1+), member_id STRING,
 *               group_instance_id NULLABLE_STRING (5+), protocol_type STRING, [name STRING, metadata BYTES],
 *               reason NULLABLE_STRING (8+)
 *     Response  throttle_time_ms INT32 (2+), error_code INT16, generation_id INT32, protocol_type NULLABLE_STRING (7+),
 *               protocol_name STRING (nullable from 7 on), leader STRING, skip_assignment BOOLEAN (9+),
 *               member_id STRING, [member_id STRING, group_instance_id NULLABLE_STRING (5+), metadata BYTES]
 */
import { defineApi } from './api';
import { ErrorCode } from './error-codes';
import { refusedJoin, type JoinRequest, type JoinResult } from './group-member';

export interface JoinGroupRequest {
  readonly groupId: string;
  readonly join: Omit<JoinRequest, 'clientId' | 'clientHost' | 'requireMemberId'>;
}

const MEMBER_ID_REQUIRED_FROM_VERSION = 4;

export const joinGroup = defineApi<JoinGroupRequest, JoinResult>({
  key: 11,
  name: 'JoinGroup',
  minVersion: 0,
  maxVersion: 9,
  flexibleFrom: 6,

  decode: (reader, version) => {
    const groupId = reader.string();
    const sessionTimeoutMs = reader.int32();
    const rebalanceTimeoutMs = version >= 1 ? reader.int32() : sessionTimeoutMs;
    const memberId = reader.string();
    if (version >= 5) reader.nullableString();
    const protocolType = reader.string();
    const protocols = reader.array(() => {
      // A copy: the group keeps it for longer than the request lives.
      const protocol = { name: reader.string(), metadata: Buffer.from(reader.bytes()) };
      reader.tags();
      return protocol;
    });
    if (version >= 8) reader.nullableString();
    reader.tags();
    return { groupId, join: { sessionTimeoutMs, rebalanceTimeoutMs, memberId, protocolType, protocols } };
  },

  handle: ({ groupId, join }, { broker, version, clientId, clientHost }) => {
    if (groupId === '') return refusedJoin(ErrorCode.INVALID_GROUP_ID, join.memberId);
    const known = broker.groups.get(groupId);
    if (known === undefined && join.memberId !== '') return refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, join.memberId);
    const requireMemberId = version >= MEMBER_ID_REQUIRED_FROM_VERSION;
    return broker.groups.getOrCreate(groupId).join({ ...join, clientId, clientHost, requireMemberId });
  },

  encode: (result, writer, version) => {
    if (version >= 2) writer.int32(0);
    writer.int16(result.errorCode);
    writer.int32(result.generationId);
    if (version >= 7) writer.nullableString(result.protocolType);
    writer.nullableString(version >= 7 ? result.protocolName : (result.protocolName ?? ''));
    writer.string(result.leaderId);
    if (version >= 9) writer.boolean(false);
    writer.string(result.memberId);
    writer.array(result.members, ({ memberId, metadata }) => {
      writer.string(memberId);
      if (version >= 5) writer.nullableString(null);
      writer.bytes(metadata);
      writer.tags();
    });
    writer.tags();
  },
});
