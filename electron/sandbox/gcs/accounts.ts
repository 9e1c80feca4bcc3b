/**
 * Who asks, by bearer token, and what they may do. There are no secrets: the tokens stand for accounts of different
 * rights, so that what is refused to them can be tried. Any other token, or none, may do everything.
 *
 * Source of roles and their permissions: cloud.google.com/storage/docs/access-control/iam-roles
 */
import { HttpError } from './http-error';

export type Permission =
  | 'storage.buckets.create'
  | 'storage.buckets.delete'
  | 'storage.buckets.get'
  | 'storage.buckets.list'
  | 'storage.buckets.update'
  | 'storage.objects.create'
  | 'storage.objects.delete'
  | 'storage.objects.get'
  | 'storage.objects.list';

export interface Account {
  readonly email: string;
  may(permission: string): boolean;
}

const OBJECT_CREATOR = ['storage.objects.create'] as const;
const OBJECT_VIEWER = ['storage.objects.get', 'storage.objects.list'] as const;
const OBJECT_ADMIN = [...OBJECT_CREATOR, ...OBJECT_VIEWER, 'storage.objects.delete'] as const;

/** The token of an account with objectCreator and objectViewer alone: it can neither delete nor overwrite. */
export const CREATOR_TOKEN = 'sandbox-archiver';

const HELD_BY_TOKEN: ReadonlyMap<string, readonly Permission[]> = new Map<string, readonly Permission[]>([
  [CREATOR_TOKEN, [...OBJECT_CREATOR, ...OBJECT_VIEWER]],
  ['sandbox-viewer', OBJECT_VIEWER],
  ['sandbox-creator', OBJECT_CREATOR],
  ['sandbox-object-admin', OBJECT_ADMIN],
  ['sandbox-nobody', []],
]);

export function accountOf(authorization: string | undefined): Account {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const held = HELD_BY_TOKEN.get(token);
  if (held === undefined) return { email: emailOf('sandbox-admin'), may: () => true };
  const permissions: ReadonlySet<string> = new Set(held);
  return { email: emailOf(token), may: (permission) => permissions.has(permission) };
}

/** @throws HttpError 403 that says who lacks what, in Cloud Storage's words */
export function authorize(account: Account, permission: Permission): void {
  if (!account.may(permission)) throw forbidden(account, permission);
}

export function forbidden({ email }: Account, permission: Permission): HttpError {
  return new HttpError(
    403,
    'forbidden',
    `${email} does not have ${permission} access to the ${resourceOf(permission)}. ` +
      `Permission '${permission}' denied on resource (or it may not exist).`,
  );
}

function resourceOf(permission: Permission): string {
  switch (permission) {
    case 'storage.buckets.create':
    case 'storage.buckets.list':
      return 'Google Cloud project';
    case 'storage.buckets.delete':
    case 'storage.buckets.get':
    case 'storage.buckets.update':
    case 'storage.objects.list':
      return 'Google Cloud Storage bucket';
    case 'storage.objects.create':
    case 'storage.objects.delete':
    case 'storage.objects.get':
      return 'Google Cloud Storage object';
  }
}

function emailOf(name: string): string {
  return `${name}@permafrost-sandbox.iam.gserviceaccount.com`;
}
