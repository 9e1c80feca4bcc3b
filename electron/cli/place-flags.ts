/** Flags that say where archives lie. */
import path from 'node:path';
import { z } from 'zod';
import type { StorePlace } from '../engine/store/open-store';
import { UsageError, type Flags } from './arguments';

export const PLACE_FLAGS = {
  endpoint: { type: 'string' },
  bucket: { type: 'string' },
  folder: { type: 'string' },
  prefix: { type: 'string' },
} as const satisfies Flags;

export const placeFlagsShape = {
  endpoint: z.url({ protocol: /^https?$/, error: 'takes a URL such as http://127.0.0.1:14443' }).optional(),
  bucket: z.string().min(1).optional(),
  folder: z.string().min(1).optional(),
  prefix: z.string().default('archive'),
};

export const PLACE_HELP = `  --endpoint URL        the Cloud Storage server, e.g. the sandbox's
  --bucket NAME
  --folder DIR          a folder of archives, in place of a bucket
  --prefix PREFIX       in front of every archive's name; archive`;

/** @throws UsageError when no place is named, or two */
export function storePlace(
  { endpoint, bucket, folder }: z.infer<z.ZodObject<typeof placeFlagsShape>>,
  environment: NodeJS.ProcessEnv,
): StorePlace {
  if (folder !== undefined) {
    if (endpoint !== undefined || bucket !== undefined)
      throw new UsageError('--folder excludes --endpoint and --bucket');
    return { kind: 'folder', folder: path.resolve(folder) };
  }
  if (endpoint === undefined || bucket === undefined) {
    throw new UsageError('--endpoint and --bucket are needed, or --folder: where the archives lie');
  }
  const accessToken = environment['PERMAFROST_ACCESS_TOKEN'];
  const token = accessToken === undefined ? {} : { accessToken };
  return { kind: 'cloud-storage', endpoint, bucket, projectId: 'permafrost', ...token };
}

/** For people: gs://bucket, or the folder. */
export function placeText(place: StorePlace): string {
  return place.kind === 'folder' ? place.folder : `gs://${place.bucket}`;
}
