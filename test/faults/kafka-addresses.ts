/**
 * A broker tells its clients where to reach it. Behind a proxy that answer has to name the proxy, or the clients go
 * past it. Covers one broker, in Metadata and FindCoordinator; not implemented: DescribeCluster (KIP-700).
 */
import { ApiKey, encodeString, FrameReader, type KafkaRequest } from './kafka-frames';

export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly bytes: Buffer;
}

const METADATA_FLEXIBLE_FROM = 9;
const FIND_COORDINATOR_FLEXIBLE_FROM = 3;

/** @returns the response with every broker at this address; the response itself where it names none */
export function withAddress(response: Buffer, { apiKey, apiVersion }: KafkaRequest, address: Address): Buffer {
  if (apiKey === ApiKey.Metadata) return replace(response, inMetadata(response, apiVersion, address));
  if (apiKey === ApiKey.FindCoordinator) return replace(response, inFindCoordinator(response, apiVersion, address));
  return response;
}

function inMetadata(response: Buffer, version: number, address: Address): Replacement[] {
  const isFlexible = version >= METADATA_FLEXIBLE_FROM;
  const reader = new FrameReader(response, 8, isFlexible);
  reader.tags(); // of the header
  if (version >= 3) reader.skip(4);
  const replacements: Replacement[] = [];
  for (let count = reader.arrayLength(); count > 0; count -= 1) {
    reader.skip(4);
    replacements.push(...nextAddress(reader, isFlexible, address));
    if (version >= 1) reader.string();
    reader.tags();
  }
  return replacements;
}

function inFindCoordinator(response: Buffer, version: number, address: Address): Replacement[] {
  const isFlexible = version >= FIND_COORDINATOR_FLEXIBLE_FROM;
  const reader = new FrameReader(response, 8, isFlexible);
  reader.tags();
  if (version >= 1) reader.skip(4);
  const replacements: Replacement[] = [];
  if (version < 4) {
    reader.skip(2);
    if (version >= 1) reader.string();
    reader.skip(4);
    return nextAddress(reader, isFlexible, address);
  }
  for (let count = reader.arrayLength(); count > 0; count -= 1) {
    reader.string();
    reader.skip(4);
    replacements.push(...nextAddress(reader, isFlexible, address));
    reader.skip(2);
    reader.string();
    reader.tags();
  }
  return replacements;
}

/** Host and port; none when the broker is not known (port -1). */
function nextAddress(reader: FrameReader, isFlexible: boolean, { host, port }: Address): Replacement[] {
  const from = reader.at;
  reader.string();
  const isKnown = reader.int32() >= 0;
  const bytes = Buffer.concat([encodeString(host, isFlexible), Buffer.alloc(4)]);
  bytes.writeInt32BE(port, bytes.length - 4);
  return isKnown ? [{ from, to: reader.at, bytes }] : [];
}

function replace(response: Buffer, replacements: readonly Replacement[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { from, to, bytes } of replacements) {
    pieces.push(response.subarray(at, from), bytes);
    at = to;
  }
  const replaced = Buffer.concat([...pieces, response.subarray(at)]);
  replaced.writeInt32BE(replaced.length - 4, 0);
  return replaced;
}
