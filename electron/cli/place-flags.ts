/** Flags that say where archives lie, and who asks for them. Secrets come from files or the environment. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../shared/errors';
import type { CloudStorageConnection } from '../engine/store/cloud-storage';
import type { StorePlace } from '../engine/store/open-store';
import { parseServiceAccount, type StorageCredentials } from '../engine/store/storage-credentials';
import { UsageError, type Flags } from './arguments';

/** Which Cloud Storage. */
export const STORAGE_FLAGS = {
  endpoint: { type: 'string' },
  project: { type: 'string' },
  credentials: { type: 'string' },
  anonymous: { type: 'boolean' },
  'user-project': { type: 'string' },
} as const satisfies Flags;

export const PLACE_FLAGS = {
  ...STORAGE_FLAGS,
  bucket: { type: 'string' },
  folder: { type: 'string' },
  prefix: { type: 'string' },
} as const satisfies Flags;

const text = z.string().min(1);

export const storageFlagsShape = {
  endpoint: z.url({ protocol: /^https?$/, error: 'takes a URL such as http://127.0.0.1:14443' }).optional(),
  project: text.optional(),
  credentials: text.optional(),
  anonymous: z.boolean().default(false),
  'user-project': text.optional(),
};

export const placeFlagsShape = {
  ...storageFlagsShape,
  bucket: text.optional(),
  folder: text.optional(),
  prefix: z.string().default('archive'),
};

export const STORAGE_HELP = `  --endpoint URL        another Cloud Storage server than Google's, e.g. the sandbox's
  --credentials FILE    a service account's file (JSON); without it, for Google's server, the application default
                        credentials of this machine, or an access token in PERMAFROST_ACCESS_TOKEN
  --anonymous           asks without a login, for public buckets
  --project ID          where buckets are made and listed; that of the credentials
  --user-project ID     who pays, for buckets that leave it to the requester`;

export const PLACE_HELP = `  --bucket NAME
${STORAGE_HELP}
  --folder DIR          a folder of archives, in place of a bucket
  --prefix PREFIX       in front of every archive's name; archive`;

type StorageFlags = z.infer<z.ZodObject<typeof storageFlagsShape>>;

/** @throws UsageError when no place is named, or two, or the credentials cannot be used */
export function storePlace(
  flags: z.infer<z.ZodObject<typeof placeFlagsShape>>,
  environment: NodeJS.ProcessEnv,
): StorePlace {
  const { bucket, folder } = flags;
  if (folder !== undefined) {
    if (flags.endpoint !== undefined || bucket !== undefined) {
      throw new UsageError('--folder excludes --endpoint and --bucket');
    }
    return { kind: 'folder', folder: path.resolve(folder) };
  }
  if (bucket === undefined) throw new UsageError('--bucket is needed, or --folder: where the archives lie');
  return { kind: 'cloud-storage', bucket, ...storageConnection(flags, environment) };
}

/** @throws UsageError when the credentials cannot be used */
export function storageConnection(flags: StorageFlags, environment: NodeJS.ProcessEnv): CloudStorageConnection {
  const { endpoint, project, 'user-project': userProject } = flags;
  const credentials = credentialsOf(flags, environment['PERMAFROST_ACCESS_TOKEN']);
  // another server, such as the sandbox's, has no projects, and wants one named
  const projectId = project ?? (endpoint === undefined ? null : 'permafrost');
  return {
    projectId,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(userProject === undefined ? {} : { userProject }),
  };
}

function credentialsOf(
  { credentials: file, anonymous, endpoint }: StorageFlags,
  accessToken: string | undefined,
): StorageCredentials | undefined {
  if (anonymous) {
    if (file !== undefined) throw new UsageError('--anonymous excludes --credentials');
    return { kind: 'anonymous' };
  }
  if (file !== undefined) return { kind: 'service-account', ...serviceAccountIn(file) };
  if (accessToken !== undefined && accessToken !== '') return { kind: 'token', accessToken };
  return endpoint === undefined ? { kind: 'default' } : undefined;
}

function serviceAccountIn(file: string) {
  try {
    return parseServiceAccount(readFileSync(file, 'utf8'));
  } catch (thrown) {
    throw new UsageError(`--credentials ${file}: ${messageOf(thrown)}`);
  }
}

/** For people: gs://bucket, or the folder. */
export function placeText(place: StorePlace): string {
  return place.kind === 'folder' ? place.folder : `gs://${place.bucket}`;
}
