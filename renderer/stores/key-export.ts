import { request } from '../ipc/client';
import { attempt, say } from './report';

/** Asks where to, writes the private key there, and says so. */
export function exportKey(fingerprint: string): void {
  attempt(async () => {
    const path = await request('key.export', { fingerprint });
    if (path !== null) say(`The key was exported to ${path}`);
  });
}
