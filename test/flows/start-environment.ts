import { inject } from 'vitest';
import { startRealServers } from '../real/environment';
import { connect, type Environment } from './environment';
import { startSandbox } from './sandbox';

declare module 'vitest' {
  interface ProvidedContext {
    /** said by the project in vitest.config.ts */
    readonly servers: 'sandbox' | 'real';
  }
}

/** Are the servers of this run real ones, or the sandbox's? */
export const SERVERS = inject('servers');

/** The servers of the project that runs: empty but for one topic and one bucket. */
export async function startEnvironment(partitions = 3): Promise<Environment> {
  return SERVERS === 'sandbox' ? startSandbox(partitions) : connect(await startRealServers(), partitions);
}
