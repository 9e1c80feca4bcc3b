/**
 * Stands between clients and one Kafka broker, any, and lets requests fail when it is told to. What meets no fault passes
 * as it is, in its order; only the broker's address in its answers is the proxy's (kafka-addresses.ts).
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { FaultPlan, type PlannedFault, type When } from './fault-plan';
import { withAddress, type Address } from './kafka-addresses';
import { refusalOf } from './kafka-errors';
import {
  buildResponse,
  correlationIdOf,
  FrameCutter,
  harmlessRequest,
  readRequest,
  type KafkaRequest,
} from './kafka-frames';

export type KafkaFault =
  /** the proxy answers with this error; the broker does not see the request */
  | { readonly kind: 'refuse'; readonly errorCode: number }
  /** the request, and what follows it on its connection, waits */
  | { readonly kind: 'delay'; readonly ms: number }
  /** the answer waits: it took effect long ago */
  | { readonly kind: 'delay-reply'; readonly ms: number }
  /** the request is lost, and never answered */
  | { readonly kind: 'drop' }
  /** it took effect, and is never answered */
  | { readonly kind: 'drop-reply' }
  /** the connection is cut in place of the request */
  | { readonly kind: 'cut' }
  /** it took effect; the connection is cut in place of the answer */
  | { readonly kind: 'cut-reply' }
  /** it took effect; the connection is cut in the middle of the answer */
  | { readonly kind: 'cut-within-reply' };

export interface KafkaProxy {
  /** host:port for clients */
  readonly address: string;
  /** Plans a fault for requests to come. */
  plan(fault: KafkaFault, when?: When<KafkaRequest>): PlannedFault;
  clearFaults(): void;
  /** Cuts all connections at once. @returns how many there were */
  cutAll(): number;
  /** New connections go to this broker. */
  retarget(target: Address): void;
  close(): Promise<void>;
}

interface Asked extends KafkaRequest {
  readonly fault: KafkaFault | null;
  /** in place of the broker's answer */
  readonly refusal: Buffer | null;
}

export async function startKafkaProxy(firstTarget: Address): Promise<KafkaProxy> {
  const plan = new FaultPlan<KafkaRequest, KafkaFault>();
  const cuts = new Set<() => void>();
  let target = firstTarget;
  const server = createServer((client) => {
    const cut = (): void => {
      cuts.delete(cut);
      client.destroy();
      broker.destroy();
    };
    const broker = connect(target, () => undefined);
    cuts.add(cut);
    for (const socket of [client, broker]) {
      socket.setNoDelay(true);
      socket.on('error', cut); // a server that is down, or either side that went away: the other one is told by the cut
      socket.on('close', cut);
    }
    relay(client, broker, plan, self, cut);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const self: Address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const cutAll = (): number => {
    const open = [...cuts];
    for (const cut of open) cut();
    return open.length;
  };
  return {
    address: `${self.host}:${self.port}`,
    plan: (fault, when) => plan.plan(fault, when),
    clearFaults: () => plan.clear(),
    cutAll,
    retarget: (next) => (target = next),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cutAll();
      await closed;
    },
  };
}

/** Passes frames both ways until the connection is cut. */
function relay(
  client: Socket,
  broker: Socket,
  plan: FaultPlan<KafkaRequest, KafkaFault>,
  self: Address,
  cut: () => void,
): void {
  const asked = new Map<number, Asked>();

  const onRequest = async (frame: Buffer): Promise<void> => {
    const request = readRequest(frame);
    const fault = plan.take(request);
    if (fault?.kind === 'cut') cut();
    if (fault?.kind === 'cut' || fault?.kind === 'drop') return;
    if (fault?.kind === 'delay') await wait(fault.ms);
    const refusal = fault?.kind === 'refuse' ? refusalOf(request, frame, fault.errorCode) : null;
    asked.set(request.correlationId, { ...request, fault, refusal });
    // a refused request is replaced by a harmless one: so its answer comes in its turn
    await write(broker, refusal === null ? frame : harmlessRequest(request.correlationId));
  };

  const onResponse = async (frame: Buffer): Promise<void> => {
    const correlationId = correlationIdOf(frame);
    const request = asked.get(correlationId);
    asked.delete(correlationId);
    if (request === undefined) throw new Error(`an answer to ${correlationId}, which nobody asked`);
    const { fault, refusal } = request;
    if (fault?.kind === 'cut-reply') cut();
    if (fault?.kind === 'cut-reply' || fault?.kind === 'drop-reply') return;
    if (fault?.kind === 'delay-reply') await wait(fault.ms);
    const answer = refusal === null ? withAddress(frame, request, self) : buildResponse(correlationId, refusal);
    if (fault?.kind !== 'cut-within-reply') return write(client, answer);
    client.end(answer.subarray(0, Math.ceil(answer.length / 2)), cut);
  };

  pump(client, onRequest, cut);
  pump(broker, onResponse, cut);
}

/** One frame after another: one that waits holds up those behind it. */
function pump(socket: Socket, onFrame: (frame: Buffer) => Promise<void>, cut: () => void): void {
  const cutter = new FrameCutter();
  let last = Promise.resolve();
  socket.on('data', (piece: Buffer) => {
    const frames = cutter.push(piece);
    if (frames.length === 0) return;
    socket.pause();
    for (const frame of frames) {
      last = last.then(() => (socket.destroyed ? undefined : onFrame(frame)));
    }
    last.then(
      () => socket.resume(),
      (thrown: unknown) => {
        process.emitWarning(thrown instanceof Error ? thrown : new Error(String(thrown)));
        cut();
      },
    );
  });
}

/** Resolves when the socket takes more, or is gone. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      socket.off('drain', finish);
      socket.off('close', finish);
      resolve();
    };
    socket.once('drain', finish);
    socket.once('close', finish);
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
