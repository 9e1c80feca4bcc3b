/** Whether somebody answers at an address, and who it is; no word of Kafka is spoken. */
import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { messageOf, PermafrostError } from '../../../shared/errors';
import { tlsOptions, type KafkaTls } from './security';
import { securityProblem } from './security-problem';

export interface Knocked {
  /** such as TLSv1.3; null for a plain connection */
  readonly protocol: string | null;
  readonly certificate: { readonly of: string; readonly until: string } | null;
}

const TIMEOUT_MS = 5_000;

/** @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_TLS; INPUT_INVALID when the certificates cannot be used */
export async function knock(
  { host, port }: { readonly host: string; readonly port: number },
  tls: KafkaTls | null,
): Promise<Knocked> {
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket: Socket | TLSSocket =
    tls === null ? connectPlain({ host, port }) : connectTls({ host, port, ...name, ...tlsOptions(tls) });
  try {
    await once(socket, tls === null ? 'connect' : 'secureConnect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return tls === null ? { protocol: null, certificate: null } : seen(socket as TLSSocket);
  } catch (thrown) {
    throw failed(`${host}:${port}`, thrown, tls !== null);
  } finally {
    socket.destroy();
  }
}

function seen(socket: TLSSocket): Knocked {
  const { subject, valid_to: until } = socket.getPeerCertificate();
  const { CN: commonName } = subject;
  const of = Array.isArray(commonName) ? commonName.join(', ') : (commonName ?? 'no name');
  return { protocol: socket.getProtocol(), certificate: { of, until: new Date(until).toISOString().slice(0, 10) } };
}

function failed(address: string, thrown: unknown, isTls: boolean): PermafrostError {
  const context = { broker: address };
  const problem = securityProblem(thrown, context);
  if (problem !== null) {
    return new PermafrostError(problem.code, `${address}: ${problem.message}`, { context, cause: thrown });
  }
  const isLate = thrown instanceof Error && thrown.name === 'AbortError';
  const why = isLate ? `nothing came for ${TIMEOUT_MS / 1_000} s` : messageOf(thrown);
  return new PermafrostError(
    'KAFKA_UNAVAILABLE',
    `${address} does not answer (${why}). ${isTls && isHungUp(thrown) ? LISTENER : ADDRESS}`,
    { context, cause: thrown },
  );
}

const ADDRESS = 'Check the address, that the broker runs, and what lies in between.';
const LISTENER = 'It hangs up when it is spoken to by TLS: take the port of its TLS listener, or connect without TLS.';

/** Somebody was there. */
function isHungUp(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown as NodeJS.ErrnoException).code === 'ECONNRESET';
}
