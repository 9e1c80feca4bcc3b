/**
 * SyncGroup, v0-5. The leader brings everybody's assignment, the members fetch theirs; see group.ts.
 *
 *     Request   group_id STRING, generation_id INT32, member_id STRING, group_instance_id NULLABLE_STRING (3+),
 *               protocol_type NULLABLE_STRING (5+), protocol_name NULLABLE_STRING (5+),
 *               [member_id STRING, assignment BYTES]
 *     Response  throttle_time_ms INT32 (1+), error_code INT16, protocol_type NULLABLE_STRING (5+),
 *               protocol_name NULLABLE_STRING (5+), assignment BYTES
 */
import { defineApi } from './api';
import { ErrorCode } from './error-codes';
import { refusedSync, type SyncResult } from './group-member';

export interface SyncGroupRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly assignments: ReadonlyMap<string, Buffer>;
}

export const syncGroup = defineApi<SyncGroupRequest, SyncResult>({
  key: 14,
  name: 'SyncGroup',
  minVersion: 0,
  maxVersion: 5,
  flexibleFrom: 4,

  decode: (reader, version) => {
    const groupId = reader.string();
    const generationId = reader.int32();
    const memberId = reader.string();
    if (version >= 3) reader.nullableString();
    if (version >= 5) reader.nullableString();
    if (version >= 5) reader.nullableString();
    const assignments = reader.array((): [string, Buffer] => {
      const assignment: [string, Buffer] = [reader.string(), reader.bytes()];
      reader.tags();
      return assignment;
    });
    reader.tags();
    return { groupId, generationId, memberId, assignments: new Map(assignments) };
  },

  handle: ({ groupId, generationId, memberId, assignments }, { broker }) => {
    const group = broker.groups.get(groupId);
    return group?.sync(memberId, generationId, assignments) ?? refusedSync(ErrorCode.UNKNOWN_MEMBER_ID);
  },

  encode: (result, writer, version) => {
    if (version >= 1) writer.int32(0);
    writer.int16(result.errorCode);
    if (version >= 5) writer.nullableString(result.protocolType);
    if (version >= 5) writer.nullableString(result.protocolName);
    writer.bytes(result.assignment);
    writer.tags();
  },
});
