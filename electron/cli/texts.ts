/** Words and fields that several commands tell alike. */

/** Fields for JSON: int64 as text. */
export function plainFields(fields: object): Record<string, unknown> {
  const text = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
  return JSON.parse(JSON.stringify(fields, text)) as Record<string, unknown>;
}

/** Decimal: "12.3 kB", "1.5 MB". */
export function bytesText(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
