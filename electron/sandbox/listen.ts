import type { Server } from 'node:net';
import { PermafrostError } from '../../shared/errors';

/**
 * @param what is to listen, in words: "Kafka", "bucket"
 * @param port 0 for any that is free
 * @returns the port
 * @throws PermafrostError PORT_TAKEN, SANDBOX_FAILED
 */
export function listen(server: Server, what: string, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(listenFailure(error, what, host, port));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.removeListener('error', refuse);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error(`no port on ${host}`));
      else resolve(address.port);
    });
  });
}

function listenFailure(error: Error, what: string, host: string, port: number): PermafrostError {
  if ('code' in error && error.code === 'EADDRINUSE') {
    return new PermafrostError(
      'PORT_TAKEN',
      `The sandbox ${what} cannot start: port ${port} is used by another program. ` +
        'Choose another sandbox port in Settings, or stop that program.',
      { context: { host, port }, cause: error },
    );
  }
  return new PermafrostError(
    'SANDBOX_FAILED',
    `The sandbox ${what} cannot listen on ${host}, port ${port}: ${error.message}. Choose another sandbox port in Settings.`,
    { context: { host, port }, cause: error },
  );
}
