/**
 * DeleteGroups, v0-2. Forgets groups without members, and their committed offsets.
 *
 *     Request   [group_id STRING]
 *     Response  throttle_time_ms INT32, [group_id STRING, error_code INT16]
 */
import { defineApi } from './api';

export interface DeleteGroupsRequest {
  readonly groupIds: readonly string[];
}

export interface DeleteGroupsResponse {
  readonly groups: readonly { readonly groupId: string; readonly errorCode: number }[];
}

export const deleteGroups = defineApi<DeleteGroupsRequest, DeleteGroupsResponse>({
  key: 42,
  name: 'DeleteGroups',
  minVersion: 0,
  maxVersion: 2,
  flexibleFrom: 2,

  decode: (reader) => {
    const groupIds = reader.array(() => reader.string());
    reader.tags();
    return { groupIds };
  },

  handle: async ({ groupIds }, { broker }) => ({
    groups: await Promise.all(
      groupIds.map(async (groupId) => ({ groupId, errorCode: await broker.groups.delete(groupId) })),
    ),
  }),

  encode: ({ groups }, writer) => {
    writer.int32(0);
    writer.array(groups, ({ groupId, errorCode }) => {
      writer.string(groupId);
      writer.int16(errorCode);
      writer.tags();
    });
    writer.tags();
  },
});
