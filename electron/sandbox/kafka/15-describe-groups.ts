/**
 * DescribeGroups, v0-5. State and members of groups. A group nobody knows is "Dead", without an error, as in Kafka.
 * not implemented: authorized operations; static membership.
 *
 *     Request   [group STRING], include_authorized_operations BOOLEAN (3+)
 *     Response  throttle_time_ms INT32 (1+), [group]
 *     group     error_code INT16, group_id STRING, state STRING, protocol_type STRING, protocol STRING, [member],
 *               authorized_operations INT32 (3+)
 *     member    member_id STRING, group_instance_id NULLABLE_STRING (4+), client_id STRING, client_host STRING,
 *               metadata BYTES, assignment BYTES
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode } from './error-codes';
import type { Group, GroupPhase } from './group';

export interface DescribeGroupsRequest {
  readonly groupIds: readonly string[];
}

export interface DescribeGroupsResponse {
  readonly groups: readonly {
    readonly errorCode: number;
    readonly groupId: string;
    readonly state: string;
    readonly protocolType: string;
    readonly protocolName: string;
    readonly members: ReturnType<Group['describeMembers']>;
  }[];
}

export const STATE_NAMES: Readonly<Record<GroupPhase, string>> = {
  empty: 'Empty',
  preparing: 'PreparingRebalance',
  completing: 'CompletingRebalance',
  stable: 'Stable',
};

const OPERATIONS_NOT_ASKED_FOR = -0x80000000;

export const describeGroups = defineApi<DescribeGroupsRequest, DescribeGroupsResponse>({
  key: 15,
  name: 'DescribeGroups',
  minVersion: 0,
  maxVersion: 5,
  flexibleFrom: 5,

  decode: (reader, version) => {
    const groupIds = reader.array(() => reader.string());
    if (version >= 3) reader.boolean();
    reader.tags();
    return { groupIds };
  },

  handle: ({ groupIds }, { broker }) => ({ groups: groupIds.map((groupId) => describe(broker, groupId)) }),

  encode: ({ groups }, writer, version) => {
    if (version >= 1) writer.int32(0);
    writer.array(groups, (group) => {
      writer.int16(group.errorCode);
      writer.string(group.groupId);
      writer.string(group.state);
      writer.string(group.protocolType);
      writer.string(group.protocolName);
      writer.array(group.members, (member) => {
        writer.string(member.memberId);
        if (version >= 4) writer.nullableString(null);
        writer.string(member.clientId);
        writer.string(member.clientHost);
        writer.bytes(member.metadata);
        writer.bytes(member.assignment);
        writer.tags();
      });
      if (version >= 3) writer.int32(OPERATIONS_NOT_ASKED_FOR);
      writer.tags();
    });
    writer.tags();
  },
});

function describe(broker: BrokerState, groupId: string): DescribeGroupsResponse['groups'][number] {
  const group = broker.groups.get(groupId);
  return {
    errorCode: ErrorCode.NONE,
    groupId,
    state: group === undefined ? 'Dead' : STATE_NAMES[group.phase],
    protocolType: group?.protocolType ?? '',
    protocolName: group?.protocolName ?? '',
    members: group?.describeMembers() ?? [],
  };
}
