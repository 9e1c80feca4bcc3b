/** A client that sends bytes written by hand, so that the broker's own encoder is not its only judge. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { SandboxBroker } from '../../../electron/sandbox/kafka/broker';

export const int8 = (value: number): Buffer => Buffer.from([value & 0xff]);
export const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
export const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
export const string = (value: string): Buffer => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
export const bytesField = (value: Buffer): Buffer => Buffer.concat([int32(value.length), value]);
export const array = (...elements: Buffer[]): Buffer => Buffer.concat([int32(elements.length), ...elements]);
const NULL_STRING = int16(-1);

export class WireClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #correlationId = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  static async connect(broker: SandboxBroker): Promise<WireClient> {
    const socket = connect(broker.port, broker.host);
    await once(socket, 'connect');
    onTestFinished(() => {
      socket.destroy();
    });
    const client = new WireClient(socket);
    socket.on('data', (chunk) => {
      client.#received = Buffer.concat([client.#received, chunk]);
    });
    return client;
  }

  /** Sends a request with a header of version 1 (2 if `isFlexible`). */
  send(apiKey: number, version: number, body: Buffer, isFlexible = false): void {
    const header = [int16(apiKey), int16(version), int32(++this.#correlationId), string('raw')];
    const message = Buffer.concat([...header, ...(isFlexible ? [int8(0)] : []), body]);
    this.socket.write(bytesField(message));
  }

  /** The next answer, from the correlation id on. */
  async next(): Promise<Buffer> {
    while (this.#received.length < 4 || this.#received.length < 4 + this.#received.readInt32BE(0)) {
      await once(this.socket, 'data');
    }
    const end = 4 + this.#received.readInt32BE(0);
    const answer = this.#received.subarray(4, end);
    this.#received = this.#received.subarray(end);
    return answer;
  }

  /** Sends a request and returns the answer's body; without the header tags it has if `isFlexible`. */
  async request(apiKey: number, version: number, body: Buffer, isFlexible = false): Promise<Buffer> {
    this.send(apiKey, version, body, isFlexible);
    return (await this.next()).subarray(isFlexible ? 5 : 4);
  }
}

/** Produce v3 of one batch to one partition. @returns error code and base offset */
export async function produceRaw(
  client: WireClient,
  topic: string,
  batch: Buffer,
): Promise<{ errorCode: number; baseOffset: number }> {
  const partition = Buffer.concat([int32(0), bytesField(batch)]);
  const topics = array(Buffer.concat([string(topic), array(partition)]));
  const answer = await client.request(0, 3, Buffer.concat([NULL_STRING, int16(-1), int32(1000), topics]));
  const at = 4 + 2 + Buffer.byteLength(topic) + 4 + 4;
  return { errorCode: answer.readInt16BE(at), baseOffset: Number(answer.readBigInt64BE(at + 2)) };
}

export interface FetchTerms {
  readonly maxBytes?: number;
  readonly maxWaitMs?: number;
  /** 1 for what is committed only. */
  readonly isolation?: 0 | 1;
}

/** The body of a Fetch v4 request for partition 0 of one topic. */
export function fetchBody(topic: string, offset: number, terms: FetchTerms = {}): Buffer {
  const { maxBytes = 1_000_000, maxWaitMs = 0, isolation = 0 } = terms;
  const partition = Buffer.concat([int32(0), int64(offset), int32(maxBytes)]);
  const topics = array(Buffer.concat([string(topic), array(partition)]));
  return Buffer.concat([int32(-1), int32(maxWaitMs), int32(1), int32(50_000_000), int8(isolation), topics]);
}

export interface RawFetch {
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  /** null if it was not asked for what is committed only. */
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[] | null;
  readonly records: Buffer;
}

/** Reads the answer to such a request; `answer` begins behind the correlation id. */
export function readFetch(topic: string, answer: Buffer): RawFetch {
  const at = 4 + 4 + 2 + Buffer.byteLength(topic) + 4 + 4;
  const abortedCount = answer.readInt32BE(at + 18);
  const aborted = Array.from({ length: Math.max(abortedCount, 0) }, (_, index) => ({
    producerId: Number(answer.readBigInt64BE(at + 22 + 16 * index)),
    firstOffset: Number(answer.readBigInt64BE(at + 30 + 16 * index)),
  }));
  const recordsAt = at + 22 + 16 * aborted.length;
  const length = answer.readInt32BE(recordsAt);
  return {
    errorCode: answer.readInt16BE(at),
    highWatermark: Number(answer.readBigInt64BE(at + 2)),
    lastStableOffset: Number(answer.readBigInt64BE(at + 10)),
    aborted: abortedCount < 0 ? null : aborted,
    records: answer.subarray(recordsAt + 4, recordsAt + 4 + length),
  };
}

export async function fetchRaw(
  client: WireClient,
  topic: string,
  offset: number,
  terms: FetchTerms = {},
): Promise<RawFetch> {
  return readFetch(topic, await client.request(1, 4, fetchBody(topic, offset, terms)));
}

/** OffsetCommit v2 for partition 0 of one topic, by nobody in particular. @returns the error code */
export async function commitRaw(client: WireClient, group: string, topic: string, offset: number): Promise<number> {
  const partition = Buffer.concat([int32(0), int64(offset), NULL_STRING]);
  const topics = array(Buffer.concat([string(topic), array(partition)]));
  const member = Buffer.concat([string(group), int32(-1), string(''), int64(-1)]);
  const answer = await client.request(8, 2, Buffer.concat([member, topics]));
  return answer.readInt16BE(answer.length - 2);
}
