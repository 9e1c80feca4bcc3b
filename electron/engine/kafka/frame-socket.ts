/**
 * Sockets for kafkajs that read each answer of Kafka straight into one buffer of its size. Node's own way is a fresh
 * 64 KiB for every read, which kafkajs then puts together: two copies and much garbage for every byte that is fetched.
 *
 *     answer => length INT32, that many bytes
 */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { framePool } from './frame-pool';

export interface SocketRequest {
  readonly host: string;
  readonly port: number;
  /** absent or null: a plain connection */
  readonly ssl?: ConnectionOptions | null;
  readonly onConnect: () => void;
}

const LENGTH_BYTES = 4;
const SCRATCH_BYTES = 64 * 1024;
/** a fetch is 16 MiB, or one record batch that is larger */
const MAX_FRAME_BYTES = 1024 * 1024 * 1024;
const KEEP_ALIVE_MS = 60_000;

/** kafkajs's `socketFactory`. */
export function frameSocket({ host, port, ssl, onConnect }: SocketRequest): Socket {
  const socket = ssl ? tlsSocket(host, port, ssl, onConnect) : plainSocket(host, port, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket;
}

/** TLS decrypts into buffers of its own: kafkajs puts them together as ever. */
function tlsSocket(host: string, port: number, ssl: ConnectionOptions, onConnect: () => void): Socket {
  return connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect);
}

function plainSocket(host: string, port: number, onConnect: () => void): Socket {
  const frames = new FrameReader((frame) => socket.emit('data', frame));
  const socket: Socket = connect(
    {
      host,
      port,
      noDelay: true,
      onread: {
        buffer: () => frames.target(),
        callback: (bytes) => {
          try {
            frames.received(bytes);
          } catch (thrown) {
            socket.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
          }
          return !socket.destroyed;
        },
      },
    },
    onConnect,
  );
  return socket;
}

/** Cuts a stream into answers, each with its length in front, in a buffer of its own. */
export class FrameReader {
  readonly #whole: (frame: Buffer) => void;
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  /** bytes of a length that is not complete yet */
  #length: Buffer = Buffer.alloc(0);
  #frame: Buffer | null = null;
  #filled = 0;

  constructor(whole: (frame: Buffer) => void) {
    this.#whole = whole;
  }

  /** Where the next bytes are read to: the frame itself when it is known how long that is. */
  target(): Buffer {
    return this.#frame === null ? this.#scratch : this.#frame.subarray(this.#filled);
  }

  /** @param count bytes that were read into `target()` @throws Error when the other side does not speak Kafka */
  received(count: number): void {
    if (this.#frame === null) this.#cut(this.#scratch.subarray(0, count));
    else this.#grown(this.#frame, count);
  }

  #cut(bytes: Buffer): void {
    let rest = this.#length.length === 0 ? bytes : Buffer.concat([this.#length, bytes]);
    this.#length = Buffer.alloc(0);
    while (rest.length >= LENGTH_BYTES) {
      const length = rest.readInt32BE(0);
      if (length < 0 || length > MAX_FRAME_BYTES) throw new Error(`An answer of ${length} bytes: that is not Kafka`);
      const frame = framePool.take(LENGTH_BYTES + length);
      const copied = rest.copy(frame);
      rest = rest.subarray(copied);
      this.#frame = frame;
      this.#filled = 0;
      this.#grown(frame, copied);
    }
    if (this.#frame === null) this.#length = Buffer.from(rest);
  }

  #grown(frame: Buffer, bytes: number): void {
    this.#filled += bytes;
    if (this.#filled < frame.length) return;
    this.#frame = null;
    this.#whole(frame);
  }
}
