/**
 * Heartbeat, v0-4. Keeps a member alive; REBALANCE_IN_PROGRESS tells it to join again.
 *
 *     Request   group_id STRING, generation_id INT32, member_id STRING, group_instance_id NULLABLE_STRING (3+)
 *     Response  throttle_time_ms INT32 (1+), error_code INT16
 */
import { defineApi } from './api';
import { ErrorCode } from './error-codes';

export interface HeartbeatRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
}

export interface HeartbeatResponse {
  readonly errorCode: number;
}

export const heartbeat = defineApi<HeartbeatRequest, HeartbeatResponse>({
  key: 12,
  name: 'Heartbeat',
  minVersion: 0,
  maxVersion: 4,
  flexibleFrom: 4,

  decode: (reader, version) => {
    const request = { groupId: reader.string(), generationId: reader.int32(), memberId: reader.string() };
    if (version >= 3) reader.nullableString();
    reader.tags();
    return request;
  },

  handle: ({ groupId, generationId, memberId }, { broker }) => ({
    errorCode: broker.groups.get(groupId)?.heartbeat(memberId, generationId) ?? ErrorCode.UNKNOWN_MEMBER_ID,
  }),

  encode: ({ errorCode }, writer, version) => {
    if (version >= 1) writer.int32(0);
    writer.int16(errorCode);
    writer.tags();
  },
});
