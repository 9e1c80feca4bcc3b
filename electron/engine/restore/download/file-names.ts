/**
 * Names of objects made fit to be names of files. An object may be called anything; whatever it is called, the file lies
 * in the chosen folder and its name is legal on Linux, macOS and Windows.
 */

/** Most file systems take 255 bytes; what is left over is room for a number and for the ending of a part. */
const MAX_NAME_BYTES = 230;
const ENDING_BYTES = 80;

/** The name of a file for an object that is no archive: the last part of the object's name, made harmless. */
export function fileNameOf(objectName: string): string {
  const parts = objectName.split(/[/\\]/).filter((part) => part !== '');
  return harmless(parts.at(-1) ?? '');
}

/** Makes one name harmless: no separators, nothing hidden, reserved or invisible, not too long. */
export function harmless(name: string): string {
  const plain = name
    .replace(/[/\\:*?"<>|]|\p{C}|[\u2028\u2029]/gu, '_')
    .replace(/^[. ]+/, (dots) => '_'.repeat(dots.length))
    .replace(/[. ]+$/, (dots) => '_'.repeat(dots.length));
  const named = plain === '' ? 'object' : plain;
  return shorten(RESERVED_ON_WINDOWS.test(named) ? `_${named}` : named);
}

/** Reserved with any ending too. Source: learn.microsoft.com/windows/win32/fileio/naming-a-file */
const RESERVED_ON_WINDOWS = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/i;

/** The same name with a number, for a folder that has it already: `orders-0-17 (2).jsonl.zst`. */
export function numbered(name: string, number: number): string {
  const ending = /\.jsonl(\.gz|\.zst)?(\.age)?$/.exec(name)?.[0] ?? /[^.](\.[^. ]{1,16})$/.exec(name)?.[1] ?? '';
  return `${name.slice(0, name.length - ending.length)} (${number})${ending}`;
}

/** Keeps the beginning and the ending, where the offset and the kind of file stand. */
function shorten(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= MAX_NAME_BYTES) return name;
  const tail = bytes.toString('utf8', bytes.length - ENDING_BYTES).replace(/^\ufffd+/, '');
  const head = bytes.toString('utf8', 0, MAX_NAME_BYTES - ENDING_BYTES - 1).replace(/\ufffd+$/, '');
  return `${head}~${tail}`;
}
