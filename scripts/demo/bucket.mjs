// @ts-check
/** The sandbox bucket over plain HTTP, as curl would read it. */
import { createHash } from 'node:crypto';

/**
 * @typedef {object} BucketObject
 * @property {string} name
 * @property {string} md5Hash
 * @property {Record<string, string>} metadata
 */

/**
 * @param {string} endpoint
 * @param {string} bucket
 * @returns {Promise<BucketObject[]>} in name order
 */
export async function listObjects(endpoint, bucket) {
  /** @type {BucketObject[]} */
  const objects = [];
  let pageToken = '';
  do {
    const query = pageToken === '' ? '' : `?pageToken=${encodeURIComponent(pageToken)}`;
    const response = await fetch(`${endpoint}/storage/v1/b/${encodeURIComponent(bucket)}/o${query}`);
    if (!response.ok) throw new Error(`Listing ${bucket} failed: HTTP ${response.status}`);
    const page = /** @type {{ items?: BucketObject[], nextPageToken?: string }} */ (await response.json());
    objects.push(...(page.items ?? []));
    pageToken = page.nextPageToken ?? '';
  } while (pageToken !== '');
  return objects;
}

/**
 * Without the snapshots of settings and offsets, which lie beside the archives.
 * @param {string} endpoint
 * @param {string} bucket
 * @returns {Promise<BucketObject[]>} in name order
 */
export async function listArchives(endpoint, bucket) {
  const objects = await listObjects(endpoint, bucket);
  return objects.filter(({ name }) => !/(^|\/)@snapshots\//.test(name));
}

/**
 * @param {string} endpoint
 * @param {string} bucket
 * @param {BucketObject} object
 */
export async function downloadObject(endpoint, bucket, { name, md5Hash }) {
  const path = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}?alt=media`;
  const response = await fetch(endpoint + path);
  if (!response.ok) throw new Error(`Downloading ${name} failed: HTTP ${response.status}`);
  const body = Buffer.from(await response.arrayBuffer());
  const md5 = createHash('md5').update(body).digest('base64');
  if (md5 !== md5Hash) throw new Error(`${name} arrived with MD5 ${md5}, the bucket says ${md5Hash}`);
  return body;
}
