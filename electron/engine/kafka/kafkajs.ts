/**
 * kafkajs 2.2.4, made to hand record sets over as they came.
 *
 * kafkajs decodes every record, turns headers into an object (which loses their order and duplicates), does not check a
 * batch's CRC, and drops aborted records without saying so. So two of its modules are replaced before
 * anything else of it is loaded; group membership, heartbeats and commits stay kafkajs's. Every consumer in a process
 * that imports this file is a raw one. A test pins the version and what both modules are given.
 */
import { createRequire } from 'node:module';
import type * as Kafkajs from 'kafkajs';
import { restUntilResumed } from './fetch-rest';
import { framePool } from './frame-pool';

/** not called `require`: the bundler gives that name to a shim of its own */
const load = createRequire(import.meta.url);

export const KAFKAJS_VERSION = '2.2.4';

/** What a raw consumer receives in place of messages: one partition's record set of one fetch. */
export interface RawRecordSet {
  /** last offset of the set's last whole batch: kafkajs fetches on from behind it */
  readonly offset: string;
  readonly isControlRecord: false;
  /** whole record batches, message format v2 */
  readonly recordSet: Buffer;
  /** filled in by the second seam; read_committed only */
  abortedTransactions: readonly AbortedTransaction[];
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

interface Decoder {
  readInt32(): number;
  canReadBytes(length: number): boolean;
  readBytes(length: number): Buffer | null;
}

const BATCH_LENGTH_AT = 8;
const LAST_OFFSET_DELTA_AT = 23;
const MAGIC_AT = 16;
/** base offset and batch length, which the length itself does not count */
const LOG_OVERHEAD = 12;
const BATCH_HEADER = 61;

/** Cuts a fetched record set behind its last whole batch; null when there is none. */
export function wholeBatches(recordSet: Buffer): { bytes: Buffer; lastOffset: bigint } | null {
  let end = 0;
  let last = -1;
  while (end + BATCH_HEADER <= recordSet.length) {
    const length = LOG_OVERHEAD + recordSet.readInt32BE(end + BATCH_LENGTH_AT);
    if (length < BATCH_HEADER || end + length > recordSet.length) break;
    last = end;
    end += length;
  }
  if (last < 0) return null;
  const lastOffset = recordSet.readBigInt64BE(last) + BigInt(recordSet.readInt32BE(last + LAST_OFFSET_DELTA_AT));
  return { bytes: recordSet.subarray(0, end), lastOffset };
}

/** Stands in for protocol/requests/fetch/v4/decodeMessages.js. Not implemented: message formats before v2 (Kafka 0.11). */
function decodeRaw(decoder: Decoder): Promise<readonly RawRecordSet[]> {
  const size = decoder.readInt32();
  if (size <= 0 || !decoder.canReadBytes(size)) return Promise.resolve([]);
  const recordSet = decoder.readBytes(size);
  if (recordSet === null) return Promise.resolve([]);
  if (recordSet.length > MAGIC_AT && recordSet.readInt8(MAGIC_AT) !== 2) {
    return Promise.reject(
      new Error('The topic holds messages in a format older than v2 (Kafka 0.11), which Permafrost does not read'),
    );
  }
  const whole = wholeBatches(recordSet);
  if (whole === null) return Promise.resolve([]);
  framePool.hold(whole.bytes);
  return Promise.resolve([
    { offset: whole.lastOffset.toString(), isControlRecord: false, recordSet: whole.bytes, abortedTransactions: [] },
  ]);
}

/** Stands in for consumer/filterAbortedMessages.js: keeps the set, and notes what the reader has to leave out. */
function keepAborted(fetched: {
  messages: RawRecordSet[];
  abortedTransactions?: readonly AbortedTransaction[] | null;
}): RawRecordSet[] {
  for (const message of fetched.messages) message.abortedTransactions = fetched.abortedTransactions ?? [];
  return fetched.messages;
}

const SEAMS: readonly (readonly [string, unknown])[] = [
  ['kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js', decodeRaw],
  ['kafkajs/src/consumer/filterAbortedMessages.js', keepAborted],
];

function loadWithSeams(): typeof Kafkajs {
  const { version } = load('kafkajs/package.json') as { version: string };
  if (version !== KAFKAJS_VERSION)
    throw new Error(`Permafrost is built upon kafkajs ${KAFKAJS_VERSION}, not ${version}`);
  if (load.cache[load.resolve('kafkajs')] !== undefined) {
    throw new Error('kafkajs was loaded before its seams: import it from engine/kafka only');
  }
  askForCoordinatorAgain();
  for (const [name, replacement] of SEAMS) {
    const file = load.resolve(name);
    load(file);
    const module = load.cache[file];
    if (module === undefined) throw new Error(`kafkajs has no module ${name}`);
    module.exports = replacement;
  }
  wakeRestingFetchers();
  quietTimers();
  surviveClockJumps();
  takeWholeFrames();
  tellOutOfRange();
  tellDenials();
  return load('kafkajs') as typeof Kafkajs;
}

/**
 * When no broker could be asked for the coordinator, since its connections broke at that moment, kafkajs takes the
 * coordinator for one that is never found: its consumer ends for good, with a broker that is back a second later. As an
 * error that may pass it is asked for again.
 */
function askForCoordinatorAgain(): void {
  const errors = load('kafkajs/src/errors') as KafkajsErrors;
  errors.KafkaJSGroupCoordinatorNotFound = class extends errors.KafkaJSError {
    override readonly name = 'KafkaJSGroupCoordinatorNotFound';
  };
}

type KafkajsErrors = Record<'KafkaJSError' | 'KafkaJSGroupCoordinatorNotFound', new (message: string) => Error>;

/** The consumer group's only use of kafkajs's sleep is the rest of a fetcher that has nothing to fetch. */
function wakeRestingFetchers(): void {
  const file = load.resolve('kafkajs/src/utils/sleep.js');
  load(file);
  const module = load.cache[file];
  if (module === undefined) throw new Error('kafkajs has no module for its sleep');
  const { exports: sleep } = module as { exports: unknown };
  module.exports = restUntilResumed;
  load('kafkajs/src/consumer/consumerGroup');
  module.exports = sleep;
}

/**
 * kafkajs looks once a millisecond, for ever, whether a connection has requests that wait; so it now looks only while there are any or
 * the broker asked it to slow down. And it computes the wait of an unthrottled connection from -1, of which Node
 * warns from 24 on: a time that has passed means the same.
 */
function quietTimers(): void {
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    this.throttledUntil = Math.max(this.throttledUntil, Date.now());
    schedule.call(this);
  };
}

/**
 * kafkajs measures times by the clock of the day. Where that is set back, a request whose answer was lost would wait for as long, and
 * no heartbeat would be sent: a time that lies ahead is taken for now.
 */
function surviveClockJumps(): void {
  notAhead(load('kafkajs/src/network/requestQueue/socketRequest') as Class, 'sentAt');
  notAhead(load('kafkajs/src/consumer/consumerGroup') as Class, 'lastRequest');
}

interface Class {
  readonly prototype: object;
}

function notAhead({ prototype }: Class, field: string): void {
  const times = new WeakMap<object, number | null>();
  Object.defineProperty(prototype, field, {
    get(this: object): number | null {
      const time = times.get(this) ?? null;
      if (time === null || time <= Date.now()) return time;
      times.set(this, Date.now());
      return Date.now();
    },
    set(this: object, time: number | null): void {
      times.set(this, time);
    },
  });
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

/**
 * frame-socket.ts gives kafkajs each answer as one chunk. kafkajs puts it behind what the last one left over, an empty
 * buffer, and copies all of it for that.
 */
function takeWholeFrames(): void {
  const { prototype } = load('kafkajs/src/network/connection') as { prototype: Connection };
  const process = prototype.processData;
  prototype.processData = function (this: Connection, bytes: Buffer): void {
    if (this.bytesBuffered === 0) this.chunks = [];
    process.call(this, bytes);
  };
}

interface Connection {
  bytesBuffered: number;
  chunks: Buffer[];
  processData: (this: Connection, bytes: Buffer) => void;
}

/**
 * Where Kafka no longer has what is asked for, kafkajs commits "the earliest" in place of an offset, and goes on there: a
 * gap that nobody hears of, and a commit that goes back. An assigner of ours, the one thing of a consumer's own that
 * kafkajs keeps, is told instead.
 */
function tellOutOfRange(): void {
  const { prototype } = load('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup };
  const recover = prototype.recoverFromOffsetOutOfRange;
  prototype.recoverFromOffsetOutOfRange = function (this: ConsumerGroup, at): Promise<void> {
    const told = this.assigners.flatMap(({ offsetOutOfRange }) => offsetOutOfRange ?? []);
    if (told.length === 0) return recover.call(this, at);
    for (const tell of told) tell({ topic: at.topic, partition: at.partition });
    return Promise.resolve();
  };
}

interface ConsumerGroup {
  readonly assigners: readonly OutOfRangeListener[];
  recoverFromOffsetOutOfRange: (this: ConsumerGroup, at: PartitionPlace) => Promise<void>;
}

interface PartitionPlace {
  readonly topic: string;
  readonly partition: number;
}

/** What an assigner may have beside kafkajs's own. */
export interface OutOfRangeListener {
  /** must pause the partition, or send it elsewhere: what it asks for is not in the log */
  readonly offsetOutOfRange?: (at: PartitionPlace) => void;
}

/**
 * kafkajs asks one broker after another, and says only that none of them knew: where they said that this user has no
 * right, that is told instead, since asking again will not help.
 */
function tellDenials(): void {
  const { prototype } = load('kafkajs/src/cluster/brokerPool') as { prototype: BrokerPool };
  const ask = prototype.withBroker;
  prototype.withBroker = async function (this: BrokerPool, question): Promise<unknown> {
    const denials: unknown[] = [];
    const answer = await ask.call(this, async (broker) => {
      try {
        return await question(broker);
      } catch (thrown) {
        if (isDenial(thrown)) denials.push(thrown);
        throw thrown;
      }
    });
    if (answer === null && denials.length > 0) throw denials[0];
    return answer;
  };
}

interface BrokerPool {
  /** null when all of them failed */
  withBroker: (this: BrokerPool, question: (broker: unknown) => Promise<unknown>) => Promise<unknown>;
}

function isDenial(thrown: unknown): boolean {
  const type: unknown = thrown instanceof Error ? Reflect.get(thrown, 'type') : null;
  return typeof type === 'string' && type.endsWith('AUTHORIZATION_FAILED');
}

export const kafkajs = loadWithSeams();

/** kafkajs's buffer of a request, for requests that it cannot send itself. */
export function encodedRequest(bytes: Buffer): { readonly buffer: Buffer } {
  const Encoder = load('kafkajs/src/protocol/encoder') as new () => {
    writeBufferInternal(bytes: Buffer): void;
    readonly buffer: Buffer;
  };
  const encoder = new Encoder();
  encoder.writeBufferInternal(bytes);
  return encoder;
}

/** kafkajs's error for a code of the protocol, for answers that it does not read itself. */
export function protocolError(code: number): Error {
  const errors = load('kafkajs/src/protocol/error') as { createErrorFromCode(code: number): Error };
  return errors.createErrorFromCode(code);
}
