/**
 * Typed requests and events between the main process and a worker thread. Only plain data crosses; an error crosses as
 * a PlainError and is thrown again on the other side.
 */
import type { MessagePort, Worker } from 'node:worker_threads';
import { fromPlainError, PermafrostError, toPlainError, type PlainError } from '../../shared/errors';

/** What a thread answers: each request takes one parameter of plain data and returns plain data. */
export type Requests = object;
export type Events = object;

type Handler = (params: unknown) => unknown;

type ToThread = { readonly kind: 'request'; readonly id: number; readonly name: string; readonly params: unknown };

type FromThread =
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: PlainError }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

type Params<R, Name extends keyof R> = R[Name] extends (params: infer P) => unknown ? P : never;
type Result<R, Name extends keyof R> = R[Name] extends (params: never) => infer Out ? Awaited<Out> : never;

/** The thread's end: answers requests, emits events. */
export function serve<E extends Events>(
  port: MessagePort,
  handlers: Requests,
): { emit<Name extends keyof E & string>(name: Name, payload: E[Name]): void } {
  const post = (message: FromThread): void => port.postMessage(message);
  const answer = async ({ id, name, params }: ToThread): Promise<void> => {
    try {
      const handler = Reflect.get(handlers, name) as Handler | undefined;
      if (handler === undefined) throw new PermafrostError('INTERNAL', `The thread does not know the request ${name}.`);
      post({ kind: 'reply', id, value: await handler(params) });
    } catch (thrown) {
      post({ kind: 'refusal', id, error: toPlainError(thrown) });
    }
  };
  port.on('message', (message: ToThread) => void answer(message));
  return { emit: (name, payload) => post({ kind: 'event', name, payload }) };
}

export interface Channel<R extends Requests> {
  request<Name extends keyof R & string>(name: Name, params: Params<R, Name>): Promise<Result<R, Name>>;
}

/** The main process's end. When the thread is gone, open requests are refused with INTERNAL. */
export function connect<R extends Requests, E extends Events>(
  worker: Worker,
  listeners: { readonly [Name in keyof E]: (payload: E[Name]) => void },
): Channel<R> {
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: PermafrostError) => void }>();
  let nextId = 1;
  let gone: PermafrostError | null = null;

  worker.on('message', (message: FromThread) => {
    if (message.kind === 'event') {
      const listener = Reflect.get(listeners, message.name) as ((payload: unknown) => void) | undefined;
      listener?.(message.payload);
      return;
    }
    const waiting = open.get(message.id);
    open.delete(message.id);
    if (message.kind === 'reply') waiting?.resolve(message.value);
    else waiting?.reject(fromPlainError(message.error));
  });
  const refuseAll = (error: PermafrostError): void => {
    gone ??= error;
    for (const { reject } of open.values()) reject(error);
    open.clear();
  };
  worker.on('error', (thrown) => refuseAll(threadFailed(thrown)));
  worker.on('exit', () => refuseAll(threadFailed(new Error('it has ended'))));

  return {
    request: (name, params) =>
      new Promise((resolve, reject) => {
        if (gone !== null) {
          reject(gone);
          return;
        }
        const id = nextId++;
        open.set(id, { resolve: resolve as (value: unknown) => void, reject });
        worker.postMessage({ kind: 'request', id, name, params } satisfies ToThread);
      }),
  };
}

function threadFailed(thrown: unknown): PermafrostError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new PermafrostError('INTERNAL', `A worker thread failed: ${reason}. Start again what it did.`, {
    cause: thrown,
  });
}
