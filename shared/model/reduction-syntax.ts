/**
 * The texts of a reduction's rule: patterns of keys, and conditions on what a value says.
 */
import { pathText, readPath, SyntaxProblem, unquote, type JsonPath } from './json-path';
import type { Reduction } from './reduction';

/** A key is taken when it is the text, or with `isPrefix` begins with it. */
export interface KeyPattern {
  readonly text: string;
  readonly isPrefix: boolean;
  /** the records of such keys are left out, in place of all others */
  readonly excludes: boolean;
}

export type Test =
  /** something is there, if only null */
  | { readonly kind: 'exists' }
  /** a string with this text; unless quoted also a number of that value, or true, false, null */
  | { readonly kind: 'equals'; readonly text: string; readonly isQuoted: boolean }
  /** a number; strings never fit */
  | { readonly kind: 'compares'; readonly operator: '<' | '<=' | '>' | '>='; readonly number: string };

/** Holds when the test fits a value at the path, where there are several any of them; `isNegated`: when none fits. */
export interface Condition {
  readonly path: JsonPath;
  readonly test: Test;
  readonly isNegated: boolean;
}

/** JSON's number */
export const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const OPERATOR = /\s*(!=|<=|>=|=|<|>)\s*/y;

/**
 * `3005` a key, `bus *` all that begin so, `!test*` all but those; `\` takes the next character as it is.
 * @throws SyntaxProblem
 */
export function parseKeyPattern(source: string): KeyPattern {
  const excludes = source.startsWith('!');
  let text = '';
  for (let at = excludes ? 1 : 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character === '*') {
      if (at === source.length - 1) return { text, isPrefix: true, excludes };
      throw new SyntaxProblem('* stands at the end only; for the character itself write \\*');
    }
    if (character === '\\') {
      at += 1;
      if (at === source.length) throw new SyntaxProblem('\\ stands before a character; for itself write \\\\');
    }
    text += source.charAt(at);
  }
  return { text, isPrefix: false, excludes };
}

/**
 * `SPEED`, `!SPEED`: is there, is not; `STATUS=done`, `STATUS!=done`, `SPEED>=12.5` (and <, <=, >); `ID="7"` the text
 * alone. What stands behind the operator is taken as it is, blanks around it left out.
 * @throws SyntaxProblem
 */
export function parseCondition(source: string): Condition {
  const text = source.trim();
  const isMissing = text.startsWith('!');
  const { path, end } = readPath(text, isMissing ? 1 : 0);
  if (end === text.length) return { path, test: { kind: 'exists' }, isNegated: isMissing };
  OPERATOR.lastIndex = end;
  const found = OPERATOR.exec(text);
  if (found === null || isMissing) {
    throw new SyntaxProblem('A condition is a path, !path, or a path with =, !=, <, <=, > or >= and a value');
  }
  const operator = found[1] ?? '';
  const literal = text.slice(end + found[0].length);
  if (operator === '=' || operator === '!=') {
    return { path, test: parseLiteral(literal), isNegated: operator === '!=' };
  }
  if (!JSON_NUMBER.test(literal)) throw new SyntaxProblem(`Behind ${operator} stands a number`);
  return { path, test: { kind: 'compares', operator: operator as '<', number: literal }, isNegated: false };
}

function parseLiteral(literal: string): Test {
  if (literal === '') throw new SyntaxProblem('A value is missing behind the operator; "" is the empty text');
  if (!literal.startsWith('"')) return { kind: 'equals', text: literal, isQuoted: false };
  return { kind: 'equals', text: unquote(literal), isQuoted: true };
}

/** The one way to write a condition. */
export function conditionText({ path, test, isNegated }: Condition): string {
  const place = pathText(path);
  if (test.kind === 'exists') return `${isNegated ? '!' : ''}${place}`;
  if (test.kind === 'compares') return `${place}${test.operator}${test.number}`;
  return `${place}${isNegated ? '!=' : '='}${test.isQuoted ? JSON.stringify(test.text) : test.text}`;
}

/** Nothing is left out. */
export function isReductionOff(rule: Reduction): boolean {
  const lists = [rule.filterKeys, rule.filter, rule.keepFields, rule.dropFields];
  const isEverythingKept = !rule.dropDuplicates && rule.oneIn === null && rule.atMostEveryMs === null;
  return isEverythingKept && lists.every(({ length }) => length === 0);
}
