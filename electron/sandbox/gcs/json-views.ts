/** Resources as the JSON API shows them. Source: cloud.google.com/storage/docs/json_api/v1 */
import type { BucketRecord } from './buckets';
import type { ObjectRecord } from './object-files';

export function bucketView(endpoint: string, bucket: BucketRecord): unknown {
  return {
    kind: 'storage#bucket',
    id: bucket.name,
    name: bucket.name,
    selfLink: `${endpoint}/storage/v1/b/${bucket.name}`,
    projectNumber: '0',
    metageneration: '1',
    etag: 'CAE=',
    location: bucket.location,
    locationType: 'multi-region',
    storageClass: bucket.storageClass,
    timeCreated: bucket.timeCreated,
    updated: bucket.timeCreated,
  };
}

export function objectView(endpoint: string, bucket: string, object: ObjectRecord): unknown {
  const link = `b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(object.name)}`;
  const { size, metadata, ...fields } = object;
  return {
    kind: 'storage#object',
    id: `${bucket}/${object.name}/${object.generation}`,
    bucket,
    selfLink: `${endpoint}/storage/v1/${link}`,
    mediaLink: `${endpoint}/download/storage/v1/${link}?generation=${object.generation}&alt=media`,
    size: String(size),
    etag: etagOf(object),
    ...fields,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

export function etagOf(object: ObjectRecord): string {
  return Buffer.from(object.generation).toString('base64');
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
