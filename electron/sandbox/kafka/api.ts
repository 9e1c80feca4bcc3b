/**
 * What one API of the Kafka protocol is to this broker: a version range, how a request is read, what is answered, how
 * the answer is written. One file for each, named after its key; their list is apis.ts.
 */
import type { Groups } from './groups';
import type { ProducerIds } from './producer-ids';
import type { Topics } from './topics';
import type { Transactions } from './transactions';
import type { Reader, Writer } from './wire';

/** What the handlers work on. */
export interface BrokerState {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly clusterId: string;
  readonly autoCreateTopics: boolean;
  readonly defaultPartitions: number;
  readonly topics: Topics;
  readonly groups: Groups;
  readonly producerIds: ProducerIds;
  readonly transactions: Transactions;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** One request, apart from its body. */
export interface Call {
  readonly broker: BrokerState;
  readonly version: number;
  readonly clientId: string;
  readonly clientHost: string;
  /** Aborted when the connection is gone: whoever waits for something need not wait any longer. */
  readonly closed: AbortSignal;
}

/** Returned instead of a response: `silence` sends nothing (a reply that gets lost), `close` cuts the connection. */
export type Fault = 'silence' | 'close';

/**
 * Takes over requests of one API, for tests of how a client copes.
 * @returns the response to send; a fault; or undefined, and the request is served as if nothing were
 */
export type Interceptor<Request, Response> = (
  request: Request,
  next: () => Promise<Response | Fault>,
  call: Call,
) => Promise<Response | Fault | undefined> | Response | Fault | undefined;

export interface ApiDefinition<Request, Response> {
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** First version with compact types and tagged fields. */
  readonly flexibleFrom: number;
  /** Lower than minVersion where clients look at the range to find out about something else. */
  readonly advertisedMinVersion?: number;
  /** Requests may be begun before those of the same kind before them, on the same connection, are answered. */
  readonly isPipelined?: boolean;
  readonly decode: (reader: Reader, version: number) => Request;
  readonly handle: (request: Request, call: Call) => Promise<Response | Fault> | Response | Fault;
  readonly encode: (response: Response, writer: Writer, version: number) => void;
}

/** An API without the types of its messages, as the connection sees it. */
export interface Api {
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly flexibleFrom: number;
  readonly advertisedMinVersion: number;
  readonly isPipelined: boolean;
  /**
   * Reads a request at once and answers it in time.
   * @param writer holds the response header
   * @throws MalformedRequest, before anything was done
   */
  readonly serve: (reader: Reader, writer: Writer, call: Call) => Promise<Writer | Fault>;
}

export interface TypedApi<Request, Response> extends Api {
  /** @returns a function that ends the interception */
  readonly intercept: (broker: BrokerState, interceptor: Interceptor<Request, Response>) => () => void;
}

export function defineApi<Request, Response extends object>(
  definition: ApiDefinition<Request, Response>,
): TypedApi<Request, Response> {
  const interceptors = new WeakMap<BrokerState, Interceptor<Request, Response>[]>();

  const answer = async (request: Request, call: Call): Promise<Response | Fault> => {
    const next = async (): Promise<Response | Fault> => definition.handle(request, call);
    for (const interceptor of interceptors.get(call.broker) ?? []) {
      const taken = await interceptor(request, next, call);
      if (taken !== undefined) return taken;
    }
    return next();
  };

  return {
    key: definition.key,
    name: definition.name,
    minVersion: definition.minVersion,
    maxVersion: definition.maxVersion,
    flexibleFrom: definition.flexibleFrom,
    advertisedMinVersion: definition.advertisedMinVersion ?? definition.minVersion,
    isPipelined: definition.isPipelined ?? false,
    serve: async (reader, writer, call) => {
      const request = definition.decode(reader, call.version);
      const response = await answer(request, call);
      if (typeof response === 'string') return response;
      definition.encode(response, writer, call.version);
      return writer;
    },
    intercept: (broker, interceptor) => {
      const list = interceptors.get(broker) ?? [];
      interceptors.set(broker, [...list, interceptor]);
      return () => {
        const rest = (interceptors.get(broker) ?? []).filter((other) => other !== interceptor);
        interceptors.set(broker, rest);
      };
    },
  };
}
