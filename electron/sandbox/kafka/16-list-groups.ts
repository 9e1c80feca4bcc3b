/**
 * ListGroups, v0-4. All groups, also those that only have committed offsets.
 *
 *     Request   [state STRING] (4+), empty for all
 *     Response  throttle_time_ms INT32 (1+), error_code INT16,
 *               [group_id STRING, protocol_type STRING, state STRING (4+)]
 */
import { STATE_NAMES } from './15-describe-groups';
import { defineApi } from './api';
import { ErrorCode } from './error-codes';

export interface ListGroupsRequest {
  readonly states: readonly string[];
}

export interface ListGroupsResponse {
  readonly groups: readonly { readonly groupId: string; readonly protocolType: string; readonly state: string }[];
}

export const listGroups = defineApi<ListGroupsRequest, ListGroupsResponse>({
  key: 16,
  name: 'ListGroups',
  minVersion: 0,
  maxVersion: 4,
  flexibleFrom: 3,

  decode: (reader, version) => {
    const states = version >= 4 ? reader.array(() => reader.string()) : [];
    reader.tags();
    return { states };
  },

  handle: ({ states }, { broker }) => ({
    groups: broker.groups
      .list()
      .map((group) => ({ groupId: group.id, protocolType: group.protocolType, state: STATE_NAMES[group.phase] }))
      .filter(({ state }) => states.length === 0 || states.includes(state)),
  }),

  encode: ({ groups }, writer, version) => {
    if (version >= 1) writer.int32(0);
    writer.int16(ErrorCode.NONE);
    writer.array(groups, ({ groupId, protocolType, state }) => {
      writer.string(groupId);
      writer.string(protocolType);
      if (version >= 4) writer.string(state);
      writer.tags();
    });
    writer.tags();
  },
});
