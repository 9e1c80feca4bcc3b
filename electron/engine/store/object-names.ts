/** Names of archives in a bucket and on disk. See docs/FORMAT.md, "Names". */
import { PermafrostError } from '../../../shared/errors';
import type { Codec } from '../segment/identity';

/** Where one partition's chain lies. */
export interface ChainName {
  readonly prefix: string;
  readonly topic: string;
  readonly life: string;
  readonly partition: number;
}

export interface ObjectName extends ChainName {
  readonly firstOffset: bigint;
}

const OFFSET_DIGITS = 20;
const MAX_INT64 = 2n ** 63n - 1n;

/** `<prefix>/<topic>/<life>/partition=<p>/`: what a partition's chain is listed by. */
export function partitionPrefix({ prefix, topic, life, partition }: ChainName): string {
  return `${prefix === '' ? '' : `${prefix}/`}${topic}/${life}/partition=${partition}/`;
}

export function buildObjectName(name: ObjectName): string {
  return `${partitionPrefix(name)}${name.firstOffset.toString().padStart(OFFSET_DIGITS, '0')}.permafrost`;
}

/** @returns null for a name that is not an archive's under this prefix */
export function parseObjectName(name: string, prefix: string): ObjectName | null {
  const start = prefix === '' ? '' : `${prefix}/`;
  if (!name.startsWith(start)) return null;
  const match = /^([^/@][^/]*)\/([^/]+)\/partition=(0|[1-9]\d{0,9})\/(\d{20})\.permafrost$/.exec(
    name.slice(start.length),
  );
  if (match === null) return null;
  const [, topic = '', life = '', partition = '', digits = ''] = match;
  const firstOffset = BigInt(digits);
  if (firstOffset > MAX_INT64) return null;
  return { prefix, topic, life, partition: Number(partition), firstOffset };
}

/** The topic's id, or what stands for it, without truncations: a life is called `<id>~<k>` after the k-th of them. */
export function lifeBase(life: string): string {
  return life.split('~', 1)[0] ?? life;
}

/** How often the log had been cut when a life began. */
export function lifeTruncations(life: string): number {
  return Number(life.split('~')[1] ?? 0);
}

const CODEC_SUFFIX: Readonly<Record<Codec, string>> = { none: '', gzip: '.gz', zstd: '.zst' };

/** `<topic>-<p>-<firstOffset>.jsonl[.gz|.zst][.age]`: a plain file name, whatever the topic is called. */
export function fileNameOnDisk(archive: {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: bigint;
  readonly codec: Codec;
  readonly isEncrypted: boolean;
}): string {
  const { topic, partition, firstOffset, codec, isEncrypted } = archive;
  const safeTopic = topic.replaceAll(/[^a-zA-Z0-9._-]/g, '_').replace(/^\.+/, '_');
  return `${safeTopic}-${partition}-${firstOffset}.jsonl${CODEC_SUFFIX[codec]}${isEncrypted ? '.age' : ''}`;
}

/**
 * Cloud Storage's rules for bucket names.
 * Source: cloud.google.com/storage/docs/buckets#naming
 * @throws PermafrostError BUCKET_NAME_INVALID, naming the rule that is broken
 */
export function assertBucketName(name: string): void {
  const rule = BUCKET_RULES.find(({ holds }) => !holds(name));
  if (rule === undefined) return;
  throw new PermafrostError('BUCKET_NAME_INVALID', `"${name}" can't be a bucket's name: ${rule.says}.`, {
    context: { bucket: name, field: 'name' },
  });
}

const BUCKET_RULES: readonly { readonly says: string; readonly holds: (name: string) => boolean }[] = [
  { says: 'it needs at least 3 characters', holds: (name) => name.length >= 3 },
  {
    says: 'it has only lower-case letters, digits, "-", "_" and "."',
    holds: (name) => /^[a-z0-9._-]+$/.test(name),
  },
  { says: 'it begins and ends with a letter or a digit', holds: (name) => /^[a-z0-9].*[a-z0-9]$/.test(name) },
  {
    says: 'it has at most 63 characters, or 222 with dots and at most 63 between two of them',
    holds: (name) => name.length <= 222 && name.split('.').every((part) => part.length >= 1 && part.length <= 63),
  },
  { says: 'it must not look like an IP address', holds: (name) => !/^\d+\.\d+\.\d+\.\d+$/.test(name) },
  {
    says: 'it must not begin with "goog" nor contain "google"',
    holds: (name) => !name.startsWith('goog') && !/g[o0]{2}gle/.test(name),
  },
];
