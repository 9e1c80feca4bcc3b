/**
 * LeaveGroup, v0-5. Removes members at once, so that the others need not wait for a session to expire.
 *
 *     Request   group_id STRING, member_id STRING (0-2),
 *               [member_id STRING, group_instance_id NULLABLE_STRING, reason NULLABLE_STRING (5+)] (3+)
 *     Response  throttle_time_ms INT32 (1+), error_code INT16,
 *               [member_id STRING, group_instance_id NULLABLE_STRING, error_code INT16] (3+)
 */
import { defineApi } from './api';
import { ErrorCode } from './error-codes';

export interface LeaveGroupRequest {
  readonly groupId: string;
  readonly memberIds: readonly string[];
}

export interface LeaveGroupResponse {
  readonly members: readonly { readonly memberId: string; readonly errorCode: number }[];
}

const MEMBERS_FROM_VERSION = 3;

export const leaveGroup = defineApi<LeaveGroupRequest, LeaveGroupResponse>({
  key: 13,
  name: 'LeaveGroup',
  minVersion: 0,
  maxVersion: 5,
  flexibleFrom: 4,

  decode: (reader, version) => {
    const groupId = reader.string();
    const memberIds =
      version < MEMBERS_FROM_VERSION
        ? [reader.string()]
        : reader.array(() => {
            const memberId = reader.string();
            reader.nullableString();
            if (version >= 5) reader.nullableString();
            reader.tags();
            return memberId;
          });
    reader.tags();
    return { groupId, memberIds };
  },

  handle: ({ groupId, memberIds }, { broker }) => {
    const group = broker.groups.get(groupId);
    return {
      members: memberIds.map((memberId) => ({
        memberId,
        errorCode: group?.leave(memberId) ?? ErrorCode.UNKNOWN_MEMBER_ID,
      })),
    };
  },

  encode: ({ members }, writer, version) => {
    if (version >= 1) writer.int32(0);
    writer.int16(version < MEMBERS_FROM_VERSION ? (members[0]?.errorCode ?? ErrorCode.NONE) : ErrorCode.NONE);
    if (version >= MEMBERS_FROM_VERSION) {
      writer.array(members, ({ memberId, errorCode }) => {
        writer.string(memberId);
        writer.nullableString(null);
        writer.int16(errorCode);
        writer.tags();
      });
    }
    writer.tags();
  },
});
