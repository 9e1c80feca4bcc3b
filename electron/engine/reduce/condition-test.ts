import { JSON_NUMBER, type Test } from '../../../shared/model/reduction-syntax';
import { compareDecimals } from './decimal';
import { BACKSLASH, MINUS, NINE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-scanner';

/** Whether a test fits the JSON value that lies between two positions. */
export function testFits(test: Test, bytes: Buffer, start: number, end: number): boolean {
  if (test.kind === 'exists') return true;
  const first = bytes[start];
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return false;
  if (first === QUOTE) return test.kind === 'equals' && stringText(bytes, start, end) === test.text;
  const text = bytes.toString('latin1', start, end);
  const isNumber = first === MINUS || (first !== undefined && first <= NINE);
  if (test.kind === 'compares') return isNumber && compares(test.operator, compareDecimals(text, test.number));
  if (test.isQuoted) return false;
  return text === test.text || (isNumber && JSON_NUMBER.test(test.text) && compareDecimals(text, test.text) === 0);
}

function stringText(bytes: Buffer, start: number, end: number): string {
  const isEscaped = bytes.subarray(start, end).includes(BACKSLASH);
  if (isEscaped) return JSON.parse(bytes.toString('utf8', start, end)) as string;
  return bytes.toString('utf8', start + 1, end - 1);
}

function compares(operator: '<' | '<=' | '>' | '>=', difference: number): boolean {
  switch (operator) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
}
