import { createRequire } from 'node:module';

/** of Permafrost, as its package says */
export function version(): string {
  return (createRequire(import.meta.url)('../../package.json') as { readonly version: string }).version;
}
