/**
 * Compares numbers as JSON writes them, exactly: 9007199254740993 is not 9007199254740992, 1.0 is 1, 1e3 is 1000.
 */

interface Decimal {
  readonly sign: -1 | 0 | 1;
  /** without zeros at either end */
  readonly digits: string;
  /** the value is 0.digits times ten to this power; exact up to 2^53, far beyond what a number in use has */
  readonly point: number;
}

/** So few digits without an exponent tell each other apart as doubles, too. */
const SHORT = /^-?[\d.]{1,15}$/;

/** @returns below 0 when a is the smaller one, 0 when they are the same */
export function compareDecimals(a: string, b: string): number {
  if (SHORT.test(a) && SHORT.test(b)) return Number(a) - Number(b);
  const left = parse(a);
  const right = parse(b);
  if (left.sign !== right.sign) return left.sign - right.sign;
  return left.sign * compareMagnitudes(left, right);
}

function compareMagnitudes(left: Decimal, right: Decimal): number {
  if (left.point !== right.point) return left.point < right.point ? -1 : 1;
  if (left.digits === right.digits) return 0;
  return left.digits < right.digits ? -1 : 1; // one that is the other's beginning is the smaller one
}

function parse(source: string): Decimal {
  const isNegative = source.startsWith('-');
  const [mantissa = '', exponent = '0'] = source.slice(isNegative ? 1 : 0).split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  const leading = all.length - trimmedStart(all).length;
  const digits = trimmedEnd(all.slice(leading));
  if (digits === '') return { sign: 0, digits, point: 0 };
  return { sign: isNegative ? -1 : 1, digits, point: Number(exponent) + whole.length - leading };
}

function trimmedStart(digits: string): string {
  return digits.replace(/^0+/, '');
}

/** Without a pattern: /0+$/ would take quadratic time on zeros in the middle. */
function trimmedEnd(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end -= 1;
  return digits.slice(0, end);
}
