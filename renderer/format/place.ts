/** A place in an archive as a person types it. */
export interface RecordPlace {
  readonly by: 'offset' | 'time';
  /** decimal digits; ms since 1970 for a time */
  readonly at: string;
}

/** Digits are an offset, with or without commas; anything that is a date is a time, here's unless it says otherwise. */
export function parsePlace(typed: string): RecordPlace | null {
  const text = typed.trim();
  if (/^\d[\d,]{0,22}$/.test(text)) {
    const digits = text.replaceAll(',', '');
    return digits.length > 18 ? null : { by: 'offset', at: digits };
  }
  const ms = /^\d{4}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : { by: 'time', at: String(ms) };
}
