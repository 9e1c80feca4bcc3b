/**
 * One client's connection: cuts the byte stream into requests and sends the answers in the order they were asked for.
 *
 *     frame            size INT32, message
 *     request header   api_key INT16, api_version INT16, correlation_id INT32, client_id NULLABLE_STRING, TAGS
 *     response header  correlation_id INT32, TAGS (never for ApiVersions)
 *
 * As in Kafka a request is begun when the one before it is answered; only Produce requests may overtake the writing of
 * those directly before them. A request that can't be read closes the connection, and nothing else.
 */
import type { Socket } from 'node:net';
import { API_VERSIONS_KEY, encodeUnsupportedApiVersions } from './18-api-versions';
import type { Api, BrokerState, Call } from './api';
import { APIS, apiOfKey } from './apis';
import { MalformedRequest, Reader, Writer } from './wire';

/** As Kafka's socket.request.max.bytes. */
const MAX_REQUEST_BYTES = 100 * 1024 * 1024;
/** Past so many requests that wait, the socket is not read on. */
const MAX_WAITING_REQUESTS = 32;

/** Serves a socket until it is closed. @param onDefect told of errors that are the broker's own */
export function serveConnection(socket: Socket, broker: BrokerState, onDefect: (error: unknown) => void): void {
  const closed = new AbortController();
  const clientHost = `/${socket.remoteAddress ?? 'unknown'}`;
  const waiting: Buffer[] = [];
  let pipelined = 0;
  let isBusy = false;
  let lastSent: Promise<void> = Promise.resolve();

  const close = (): void => {
    waiting.length = 0;
    socket.destroy();
    closed.abort();
  };
  const fail = (error: unknown): void => {
    if (!(error instanceof MalformedRequest) && !closed.signal.aborted) onDefect(error);
    close();
  };

  /** Begins as many of the waiting requests as may be begun now. */
  const proceed = (): void => {
    for (let frame = waiting[0]; frame !== undefined && !isBusy; frame = waiting[0]) {
      const isPipelined = isPipelinedRequest(frame);
      if (!isPipelined && pipelined > 0) return;
      waiting.shift();
      begin(frame, isPipelined);
    }
    if (waiting.length < MAX_WAITING_REQUESTS && socket.isPaused()) socket.resume();
  };

  const begin = (frame: Buffer, isPipelined: boolean): void => {
    if (isPipelined) pipelined++;
    else isBusy = true;
    const answered = answer(frame, broker, clientHost, closed.signal);
    lastSent = Promise.all([answered, lastSent])
      .then(async ([response]) => {
        if (response === 'close') close();
        else if (response !== 'silence') await send(socket, response, closed.signal);
        if (isPipelined) pipelined--;
        else isBusy = false;
        proceed();
      })
      .catch(fail);
  };

  const frames = new FrameCutter((frame) => waiting.push(frame));
  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    try {
      frames.push(chunk);
      proceed();
      if (waiting.length >= MAX_WAITING_REQUESTS) socket.pause();
    } catch (error) {
      fail(error);
    }
  });
  // The client went away without saying so: that is its right, and 'close' follows.
  socket.on('error', () => closed.abort());
  socket.on('close', close);
}

function isPipelinedRequest(frame: Buffer): boolean {
  return frame.length >= 2 && (apiOfKey(frame.readInt16BE(0))?.isPipelined ?? false);
}

async function answer(
  frame: Buffer,
  broker: BrokerState,
  clientHost: string,
  closed: AbortSignal,
): Promise<Writer | 'silence' | 'close'> {
  const header = new Reader(frame, false);
  const apiKey = header.int16();
  const version = header.int16();
  const correlationId = header.int32();
  const api = apiOfKey(apiKey);
  if (api === undefined) throw new MalformedRequest(`there is no API ${apiKey}`);
  if (version < api.minVersion || version > api.maxVersion) return answerUnsupported(api, correlationId);
  const isFlexible = version >= api.flexibleFrom;
  const reader = new Reader(frame, isFlexible);
  const clientId = skipHeader(reader);
  const writer = new Writer(isFlexible);
  writer.int32(0); // the frame's size, known at the end
  writer.int32(correlationId);
  if (apiKey !== API_VERSIONS_KEY) writer.tags();
  const call: Call = { broker, version, clientId, clientHost, closed };
  return api.serve(reader, writer, call);
}

/** @returns the client id */
function skipHeader(reader: Reader): string {
  reader.int16();
  reader.int16();
  reader.int32();
  const clientId = reader.classicNullableString();
  reader.tags();
  return clientId ?? '';
}

/** A client that keeps to ApiVersions never comes here, but for ApiVersions itself. */
function answerUnsupported(api: Api, correlationId: number): Writer | 'close' {
  if (api.key !== API_VERSIONS_KEY) return 'close';
  const writer = new Writer(false);
  writer.int32(0);
  writer.int32(correlationId);
  encodeUnsupportedApiVersions(APIS, writer);
  return writer;
}

/** Returns when the socket takes more: a client that does not read its answers is not served further ones. */
async function send(socket: Socket, response: Writer, closed: AbortSignal): Promise<void> {
  const { parts, byteLength } = response.finish();
  parts[0]?.writeInt32BE(byteLength - 4, 0);
  socket.cork();
  for (const part of parts) socket.write(part);
  socket.uncork();
  if (!socket.writableNeedDrain || closed.aborted) return;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      socket.off('drain', finish);
      closed.removeEventListener('abort', finish);
      resolve();
    };
    socket.once('drain', finish);
    closed.addEventListener('abort', finish);
  });
}

/** Collects the bytes of a frame in a buffer of its own, which the request may then keep. */
class FrameCutter {
  readonly #onFrame: (frame: Buffer) => void;
  readonly #size = Buffer.alloc(4);
  #sizeBytes = 0;
  #frame: Buffer | undefined;
  #frameBytes = 0;

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      at += this.#frame === undefined ? this.#pushSize(chunk, at) : this.#pushFrame(this.#frame, chunk, at);
    }
  }

  #pushSize(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#size, this.#sizeBytes, at);
    this.#sizeBytes += copied;
    if (this.#sizeBytes < 4) return copied;
    const size = this.#size.readInt32BE(0);
    if (size < 8 || size > MAX_REQUEST_BYTES) throw new MalformedRequest(`a frame of ${size} bytes`);
    this.#sizeBytes = 0;
    this.#frameBytes = 0;
    this.#frame = Buffer.allocUnsafe(size);
    return copied;
  }

  #pushFrame(frame: Buffer, chunk: Buffer, at: number): number {
    const copied = chunk.copy(frame, this.#frameBytes, at);
    this.#frameBytes += copied;
    if (this.#frameBytes === frame.length) {
      this.#frame = undefined;
      this.#onFrame(frame);
    }
    return copied;
  }
}
