/** Resources as the JSON API shows them. Source: cloud.google.com/storage/docs/json_api/v1 */
import type { BucketRecord } from './bucket-record';
import { locationTypeOf } from './locations';
import type { ObjectRecord } from './object-record';
import { retentionExpiration } from './retention';

export function bucketView(endpoint: string, bucket: BucketRecord): unknown {
  const { labels, lifecycle, ...fields } = bucket;
  return {
    kind: 'storage#bucket',
    id: bucket.name,
    selfLink: `${endpoint}/storage/v1/b/${bucket.name}`,
    projectNumber: '0',
    locationType: locationTypeOf(bucket.location),
    etag: etagOf(bucket),
    ...fields,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(lifecycle.rule.length === 0 ? {} : { lifecycle }),
  };
}

export function objectView(endpoint: string, bucket: BucketRecord, object: ObjectRecord): unknown {
  const link = `b/${encodeURIComponent(bucket.name)}/o/${encodeURIComponent(object.name)}`;
  const { size, metadata, ...fields } = object;
  const retentionExpirationTime = retentionExpiration(bucket, object);
  return {
    kind: 'storage#object',
    id: `${bucket.name}/${object.name}/${object.generation}`,
    bucket: bucket.name,
    selfLink: `${endpoint}/storage/v1/${link}`,
    mediaLink: `${endpoint}/download/storage/v1/${link}?generation=${object.generation}&alt=media`,
    size: String(size),
    etag: etagOf(object),
    timeStorageClassUpdated: object.timeCreated,
    ...fields,
    ...(retentionExpirationTime === undefined ? {} : { retentionExpirationTime }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

/** Another one after every change. */
function etagOf({ generation = '', metageneration }: { generation?: string; metageneration: string }): string {
  return Buffer.from(`${generation}/${metageneration}`).toString('base64');
}

/** The head of a download. */
export function objectHeaders(object: ObjectRecord): Record<string, string> {
  return {
    'content-type': object.contentType,
    'accept-ranges': 'bytes',
    etag: etagOf(object),
    'last-modified': new Date(object.updated).toUTCString(),
    'x-goog-generation': object.generation,
    'x-goog-metageneration': object.metageneration,
    'x-goog-hash': `crc32c=${object.crc32c},md5=${object.md5Hash}`,
    'x-goog-storage-class': object.storageClass,
    'x-goog-stored-content-length': String(object.size),
  };
}
