/**
 * Base64 without padding, as age and ssh-keygen write it. Decoding takes the one canonical form alone.
 */
export function encodeRawBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

/** @returns null when the text is not the canonical form of any bytes */
export function decodeRawBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return encodeRawBase64(bytes) === text ? bytes : null;
}
