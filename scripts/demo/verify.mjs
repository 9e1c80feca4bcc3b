// @ts-check
/** Compares what the archives hold with what was sent, record by record and byte by byte. */
import { openArchive } from './open-archive.mjs';

/**
 * @typedef {import('./topic.mjs').TopicRecord} TopicRecord
 * @typedef {object} Verification
 * @property {number} objects
 * @property {number} verifiedRecords
 * @property {{ raw: number, encoded: number, compressed: number, encrypted: number }} bytes
 * @property {string[]} findings empty when every record is there exactly once and the same
 */

/**
 * @param {TopicRecord[]} sent
 * @param {{ name: string, body: Buffer }[]} archives
 * @param {string} privateKeyPem
 * @returns {Promise<Verification>}
 */
export async function verifyArchives(sent, archives, privateKeyPem) {
  const expected = new Map(sent.map((record) => [`${record.partition}/${record.offset}`, record]));
  const seen = new Set();
  const bytes = { raw: 0, encoded: 0, compressed: 0, encrypted: 0 };
  /** @type {string[]} */
  const findings = [];
  for (const { name, body } of archives) {
    const { encrypted, compressed, encoded } = await openArchive(body, privateKeyPem);
    if (!encrypted) findings.push(`${name} is not encrypted`);
    bytes.encoded += encoded.length;
    bytes.compressed += compressed.length;
    bytes.encrypted += body.length;
    const partition = Number(/partition=(\d+)\//.exec(name)?.[1] ?? -1);
    for (const line of linesOf(encoded)) {
      const archived = JSON.parse(line);
      const place = `${partition}/${archived.offset}`;
      const record = expected.get(place);
      if (record === undefined) findings.push(`${name}: ${place} was never sent`);
      else if (seen.has(place)) findings.push(`${name}: ${place} is archived twice`);
      else if (!isSame(record, archived)) findings.push(`${name}: ${place} differs from what was sent`);
      else {
        seen.add(place);
        bytes.raw += rawBytes(record);
      }
    }
  }
  for (const place of expected.keys()) if (!seen.has(place)) findings.push(`${place} is missing from the bucket`);
  return { objects: archives.length, verifiedRecords: seen.size, bytes, findings };
}

/**
 * Whether the topic holds exactly the lines of a file, each once.
 * @param {TopicRecord[]} records
 * @param {Buffer} file
 * @returns {string[]} findings
 */
export function compareWithFile(records, file) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const lines = linesOf(file);
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const { value } of records) {
    const text = value?.toString('utf8') ?? 'null';
    counts.set(text, (counts.get(text) ?? 0) - 1);
  }
  const wrong = [...counts.values()].filter((count) => count !== 0).length;
  return wrong === 0 ? [] : [`${wrong} lines of the file are not in the topic exactly as often as in the file`];
}

/** @param {Buffer} text lines end in one \n; a \r before it belongs to the line's end */
function linesOf(text) {
  return text
    .toString('utf8')
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line !== '');
}

/**
 * @param {TopicRecord} record
 * @param {any} archived
 */
function isSame(record, archived) {
  return (
    String(archived.timestamp) === record.timestamp &&
    sameBytes(record.key, archived.key) &&
    sameBytes(record.value, archived.value) &&
    archived.headers.length === record.headers.length &&
    record.headers.every(
      ([name, value], index) => archived.headers[index][0] === name && sameBytes(value, archived.headers[index][1]),
    )
  );
}

/**
 * @param {Buffer | null} bytes
 * @param {null | string | { base64: string }} archived
 */
function sameBytes(bytes, archived) {
  if (bytes === null || archived === null) return bytes === archived;
  return bytes.equals(
    typeof archived === 'string' ? Buffer.from(archived, 'utf8') : Buffer.from(archived.base64, 'base64'),
  );
}

/** @param {TopicRecord} record keys, values, header names and values */
function rawBytes({ key, value, headers }) {
  const headerBytes = headers.reduce((sum, [name, content]) => sum + Buffer.byteLength(name) + content.length, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes;
}
