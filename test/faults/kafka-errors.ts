/** Answers that refuse a request, as kafkajs's versions of these APIs (none of them flexible) would read them. */
import { ApiKey, encodeString, FrameReader, type KafkaRequest } from './kafka-frames';

export const KafkaError = {
  COORDINATOR_LOAD_IN_PROGRESS: 14,
  COORDINATOR_NOT_AVAILABLE: 15,
  NOT_COORDINATOR: 16,
  ILLEGAL_GENERATION: 22,
  UNKNOWN_MEMBER_ID: 25,
  REBALANCE_IN_PROGRESS: 27,
} as const;

const THROTTLE = Buffer.alloc(4);
const NONE = Buffer.alloc(4);
const EMPTY = Buffer.alloc(2);
const MINUS_ONE = Buffer.from([0xff, 0xff, 0xff, 0xff]);

type Refusal = (version: number, error: Buffer, request: Buffer) => readonly Buffer[];

const since = (version: number, from: number, bytes: Buffer): readonly Buffer[] => (version >= from ? [bytes] : []);

/** Highest version that is not flexible, and the answer's body. */
const REFUSALS: ReadonlyMap<number, readonly [highestVersion: number, Refusal]> = new Map([
  [ApiKey.Fetch, [11, (_version, error) => [THROTTLE, error, NONE, NONE]]],
  [ApiKey.OffsetCommit, [7, refuseOffsetCommit]],
  [
    ApiKey.FindCoordinator,
    [
      2,
      (version, error) => [
        ...since(version, 1, THROTTLE),
        error,
        ...since(version, 1, EMPTY),
        MINUS_ONE,
        EMPTY,
        MINUS_ONE,
      ],
    ],
  ],
  [
    ApiKey.JoinGroup,
    [5, (version, error) => [...since(version, 2, THROTTLE), error, MINUS_ONE, EMPTY, EMPTY, EMPTY, NONE]],
  ],
  [ApiKey.Heartbeat, [3, (version, error) => [...since(version, 1, THROTTLE), error]]],
  [ApiKey.LeaveGroup, [3, (version, error) => [...since(version, 1, THROTTLE), error, ...since(version, 3, NONE)]]],
  [ApiKey.SyncGroup, [3, (version, error) => [...since(version, 1, THROTTLE), error, NONE]]],
]);

/** @throws Error for an API or a version that is not in the table */
export function refusalOf({ apiKey, apiVersion }: KafkaRequest, request: Buffer, errorCode: number): Buffer {
  const refusal = REFUSALS.get(apiKey);
  const [highestVersion, body] = refusal ?? [-1, null];
  if (body === null || apiVersion > highestVersion) throw new Error(`cannot refuse API ${apiKey}, v${apiVersion}`);
  const error = Buffer.alloc(2);
  error.writeInt16BE(errorCode);
  return Buffer.concat(body(apiVersion, error, request));
}

/** Each partition that was to be committed gets the error. */
function refuseOffsetCommit(version: number, error: Buffer, request: Buffer): readonly Buffer[] {
  const reader = new FrameReader(request, 12, false);
  reader.string(); // client id
  reader.string(); // group
  if (version >= 1) {
    reader.skip(4);
    reader.string();
  }
  if (version >= 7) reader.string();
  if (version >= 2 && version <= 4) reader.skip(8);
  const pieces: Buffer[] = [...since(version, 3, THROTTLE), int32(0)];
  const topics = reader.arrayLength();
  pieces[pieces.length - 1] = int32(topics);
  for (let topic = 0; topic < topics; topic += 1) {
    pieces.push(encodeString(reader.string() ?? '', false));
    const partitions = reader.arrayLength();
    pieces.push(int32(partitions));
    for (let at = 0; at < partitions; at += 1) {
      pieces.push(int32(reader.int32()), error);
      reader.skip(8);
      if (version >= 6) reader.skip(4);
      if (version === 1) reader.skip(8);
      reader.string();
    }
  }
  return pieces;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
