/**
 * Object names as paths of a folder store. A path gives its name back, and no two names share one, on any file system:
 *
 *     a/b/1.permafrost   a/b/1.permafrost          the body
 *                        a/b/1.permafrost.json     its sidecar
 *     a/other            a/other%object            a last part without .permafrost is marked, so that a file is never
 *                                                  called like a folder, nor a body like a sidecar
 *     Bus é              %42us%20%c3%a9%object     all but a-z 0-9 - _ = + @ , . are UTF-8 bytes in hex; upper case
 *                                                  too: file systems that don't tell E from e, or é from e + accent
 *     a//b               a/%empty/b%object
 *     ../.x              %2e%2e/%2ex%object       no part begins or ends with a dot
 *     con.d/x            %63on.d/x%object          names that Windows keeps for devices
 *     a.json/x           a%2ejson/x%object         folders never end in .json or .permafrost
 *     a very long part   <230 characters>%+/<the rest>
 *
 * What begins with a dot is no object's: temporary files lie in such a folder.
 */
import { PermafrostError } from '../../../shared/errors';

export const SIDECAR_SUFFIX = '.json';
/** Cloud Storage's limit, so that what fits here fits there. Source: cloud.google.com/storage/docs/objects#naming */
const MAX_NAME_BYTES = 1_024;
/** With marks and suffixes a part stays within the 255 bytes that file systems allow. */
const MAX_PART_LENGTH = 230;
const BODY_SUFFIX = '.permafrost';
const OBJECT_MARK = '%object';
const EMPTY_MARK = '%empty';
const CONTINUED_MARK = '%+';

const PLAIN_BYTES = new Set(Buffer.from('abcdefghijklmnopqrstuvwxyz0123456789-_=+@,.'));
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;

/**
 * The path of an object's body below the folder, in parts. Its sidecar is called the same and SIDECAR_SUFFIX.
 * @throws PermafrostError STORE_REFUSED for what Cloud Storage would not take as a name either
 */
export function pathOfObject(name: string): readonly string[] {
  assertObjectName(name);
  const parts = name.split('/');
  return parts.flatMap((part, index) => {
    const pieces = splitPart(part);
    const last = pieces.pop() ?? '';
    const continued = pieces.map((piece) => guarded(piece) + CONTINUED_MARK);
    return [...continued, index === parts.length - 1 ? fileName(last) : folderName(last)];
  });
}

/**
 * What a folder stands for: the bytes that it adds to the names of all objects in it.
 * @returns null for a folder that is not the store's
 */
export function bytesOfFolder(entry: string): Buffer | null {
  const isContinued = entry.endsWith(CONTINUED_MARK);
  const text = isContinued ? entry.slice(0, -CONTINUED_MARK.length) : entry === EMPTY_MARK ? '' : entry;
  if (text.startsWith('.')) return null;
  const bytes = decoded(text);
  return bytes === null || isContinued ? bytes : Buffer.concat([bytes, Buffer.from('/')]);
}

/**
 * The bytes that end an object's name.
 * @returns null for a file that is not a sidecar
 */
export function bytesOfSidecar(entry: string): Buffer | null {
  if (!entry.endsWith(SIDECAR_SUFFIX) || entry.startsWith('.')) return null;
  const file = entry.slice(0, -SIDECAR_SUFFIX.length);
  if (file.endsWith(OBJECT_MARK)) return decoded(file.slice(0, -OBJECT_MARK.length));
  return file.endsWith(BODY_SUFFIX) ? decoded(file) : null;
}

function assertObjectName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes > 0 && bytes <= MAX_NAME_BYTES && !/\p{Surrogate}/u.test(name)) return;
  throw new PermafrostError(
    'STORE_REFUSED',
    `An object can't be called "${name.slice(0, 80)}": a name has 1 to ${MAX_NAME_BYTES} bytes of valid Unicode.`,
    { context: { field: 'name' } },
  );
}

/**
 * A part as plain text of bounded pieces. Names that begin alike are cut alike, and a piece that is full is always
 * followed by another one: so all names that have it lie in its folder, and a walk meets names in order.
 */
function splitPart(part: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const byte of Buffer.from(part)) {
    piece += PLAIN_BYTES.has(byte) ? String.fromCharCode(byte) : hex(byte);
    if (piece.length < MAX_PART_LENGTH) continue;
    pieces.push(piece);
    piece = '';
  }
  return [...pieces, piece];
}

function fileName(piece: string): string {
  const name = guarded(piece);
  return name.endsWith(BODY_SUFFIX) ? name : name + OBJECT_MARK;
}

function folderName(piece: string): string {
  if (piece === '') return EMPTY_MARK;
  const name = guarded(piece);
  const suffix = [SIDECAR_SUFFIX, BODY_SUFFIX].find((each) => name.endsWith(each));
  return suffix === undefined ? name : name.slice(0, -suffix.length) + hex('.') + suffix.slice(1);
}

/** Without dots at its ends, and no device of Windows. */
function guarded(piece: string): string {
  const plain = DEVICE.test(piece) ? hex(piece.charAt(0)) + piece.slice(1) : piece;
  return plain.replaceAll(/^\.|\.$/g, hex('.'));
}

function hex(byte: number | string): string {
  const code = typeof byte === 'string' ? byte.charCodeAt(0) : byte;
  return `%${code.toString(16).padStart(2, '0')}`;
}

/** @returns null for what was never encoded so */
function decoded(text: string): Buffer | null {
  if (!/^(?:[a-z0-9_=+@,.-]|%[0-9a-f]{2})*$/.test(text)) return null;
  const bytes = text.match(/%..|[^%]/g) ?? [];
  return Buffer.from(bytes.map((each) => (each.length === 1 ? each.charCodeAt(0) : parseInt(each.slice(1), 16))));
}
