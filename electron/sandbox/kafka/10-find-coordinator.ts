/**
 * FindCoordinator, v0-4. The coordinator of every group (key type 0) and of every transactional id (1) is this broker.
 *
 *     Request   key STRING (0-3), key_type INT8 (1+), [key STRING] (4)
 *     Response  throttle_time_ms INT32 (1+), error_code INT16, error_message NULLABLE_STRING (1+), node (0-3);
 *               throttle_time_ms INT32, [key STRING, node, error_code INT16, error_message NULLABLE_STRING] (4)
 *     node      node_id INT32, host STRING, port INT32
 */
import { defineApi } from './api';
import { ErrorCode } from './error-codes';
import type { Writer } from './wire';

export interface FindCoordinatorRequest {
  readonly keys: readonly string[];
  readonly keyType: number;
}

interface Coordinator {
  readonly key: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface FindCoordinatorResponse {
  readonly coordinators: readonly Coordinator[];
}

const KEY_TYPE_GROUP = 0;
const KEY_TYPE_TRANSACTION = 1;
const KEYS_FROM_VERSION = 4;

export const findCoordinator = defineApi<FindCoordinatorRequest, FindCoordinatorResponse>({
  key: 10,
  name: 'FindCoordinator',
  minVersion: 0,
  maxVersion: 4,
  flexibleFrom: 3,

  decode: (reader, version) => {
    const single = version < KEYS_FROM_VERSION ? [reader.string()] : [];
    const keyType = version >= 1 ? reader.int8() : KEY_TYPE_GROUP;
    const keys = version < KEYS_FROM_VERSION ? single : reader.array(() => reader.string());
    reader.tags();
    return { keys, keyType };
  },

  handle: ({ keys, keyType }, { broker: { nodeId, host, port } }) => ({
    coordinators: keys.map((key) =>
      keyType === KEY_TYPE_GROUP || keyType === KEY_TYPE_TRANSACTION
        ? { key, errorCode: ErrorCode.NONE, errorMessage: null, nodeId, host, port }
        : {
            key,
            errorCode: ErrorCode.INVALID_REQUEST,
            errorMessage: 'No such key type.',
            nodeId: -1,
            host: '',
            port: -1,
          },
    ),
  }),

  encode: ({ coordinators }, writer, version) => {
    if (version >= 1) writer.int32(0);
    if (version >= KEYS_FROM_VERSION) {
      writer.array(coordinators, (coordinator) => {
        writer.string(coordinator.key);
        encodeNode(coordinator, writer);
        writer.int16(coordinator.errorCode);
        writer.nullableString(coordinator.errorMessage);
        writer.tags();
      });
    } else {
      for (const coordinator of coordinators) {
        writer.int16(coordinator.errorCode);
        if (version >= 1) writer.nullableString(coordinator.errorMessage);
        encodeNode(coordinator, writer);
      }
    }
    writer.tags();
  },
});

function encodeNode({ nodeId, host, port }: Coordinator, writer: Writer): void {
  writer.int32(nodeId);
  writer.string(host);
  writer.int32(port);
}
