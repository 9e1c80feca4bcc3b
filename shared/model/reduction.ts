/**
 * What is left out of an archive on purpose. Off unless told. A record passes these steps in this order, and the first
 * that drops it counts it:
 *
 *     1. filterKeys      the key
 *     2. filter          what the value says
 *     3. dropDuplicates  the record before it, of the same key
 *     4. oneIn           how many of its key have come this far
 *     5. atMostEveryMs   the last kept record of its key, in record time
 *     6. keepFields, dropFields: what stays of the value
 *
 * Steps 3 to 5 begin anew with each archive, so that what an archive holds depends on its own records alone. Records
 * without a key count as those of one key. A value that is not JSON (null is none either) passes steps 2 and 6 as it is.
 */
import { z } from 'zod';
import { parsePath, pathText, readPath, SyntaxProblem, unquote, type JsonPath } from './json-path';

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

export const MAX_LIST = 100;
export const MAX_TEXT = 500;
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

/** A text that its parser takes; the parser's words are the refusal. */
function parsedText(parse: (text: string) => unknown) {
  return z
    .string()
    .max(MAX_TEXT, `Takes at most ${MAX_TEXT} characters`)
    .superRefine((text, context) => {
      try {
        parse(text);
      } catch (thrown) {
        if (!(thrown instanceof SyntaxProblem)) throw thrown;
        context.addIssue({ code: 'custom', message: thrown.message });
      }
    });
}

const listOf = (parse: (text: string) => unknown) =>
  z.array(parsedText(parse)).max(MAX_LIST, `Takes at most ${MAX_LIST}`);

function wholeNumber(min: number, max: number) {
  const says = `Takes a whole number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;
  return z.number({ error: says }).int(says).min(min, says).max(max, says);
}

const DAY_MS = 86_400_000;

/** The whole rule, every field of it. */
export const reductionSchema = z.strictObject({
  /** see parseKeyPattern; records whose key fits one of those without "!" (if there are any) and none of those with it */
  filterKeys: listOf(parseKeyPattern),
  /** see parseCondition; all must hold */
  filter: listOf(parseCondition),
  /** value and headers are the same as in the record before of the same key */
  dropDuplicates: z.boolean(),
  /** the first of each key, and every so-manieth behind it */
  oneIn: wholeNumber(2, 1_000_000_000).nullable(),
  /** left out when less than so many ms lie between it and the last kept of its key; one without a time is kept */
  atMostEveryMs: wholeNumber(1, 366 * DAY_MS).nullable(),
  /** see json-path.ts; empty: all. Objects and arrays on the way to a kept path stay */
  keepFields: listOf(parsePath),
  /** taken out of what is kept */
  dropFields: listOf(parsePath),
});

export type Reduction = Readonly<z.infer<typeof reductionSchema>>;

/** Off. */
export const NO_REDUCTION: Reduction = {
  filterKeys: [],
  filter: [],
  dropDuplicates: false,
  oneIn: null,
  atMostEveryMs: null,
  keepFields: [],
  dropFields: [],
};

/** As it stands in a settings file: what is not said is off. Unknown fields are refused. */
export const reductionFileSchema = z
  .strictObject(reductionSchema.shape)
  .partial()
  .transform((given): Reduction => ({ ...NO_REDUCTION, ...withoutUndefined(given) }));

function withoutUndefined<Value extends object>(
  value: Value,
): { [Name in keyof Value]: Exclude<Value[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [Name in keyof Value]: Exclude<Value[Name], undefined>;
  };
}

/** Nothing is left out. */
export function isReductionOff(rule: Reduction): boolean {
  return canonicalReduction(rule) === canonicalReduction(NO_REDUCTION);
}

/** changes when the same rule would drop other records */
const SEMANTICS = 1;

/** The same text for rules that do the same by their form: what a digest is made of. */
export function canonicalReduction(rule: Reduction): string {
  const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
  const paths = (texts: readonly string[]): string[] => sorted(texts.map((text) => pathText(parsePath(text))));
  return JSON.stringify({
    semantics: SEMANTICS,
    filterKeys: sorted(rule.filterKeys.map((source) => JSON.stringify(parseKeyPattern(source)))),
    filter: sorted(rule.filter.map((source) => conditionText(parseCondition(source)))),
    dropDuplicates: rule.dropDuplicates,
    oneIn: rule.oneIn,
    atMostEveryMs: rule.atMostEveryMs,
    keepFields: paths(rule.keepFields),
    dropFields: paths(rule.dropFields),
  });
}

/** What a rule did. Every record that was looked at is kept or counted once as dropped. */
export interface ReductionCounts {
  /** records that were looked at */
  readonly seen: number;
  /** by key or by condition */
  readonly filtered: number;
  readonly duplicate: number;
  /** left out by one in N */
  readonly sampled: number;
  readonly tooOften: number;
  /** kept whole because the value is not JSON, although the rule looks into values */
  readonly notJson: number;
  /** of dropped records: key, value and headers */
  readonly droppedBytes: number;
  /** cut out of the values of kept records */
  readonly cutBytes: number;
  /** how often its memory was full and steps 3 to 5 began anew within an archive */
  readonly restarts: number;
}

export const NOTHING_REDUCED: ReductionCounts = {
  seen: 0,
  filtered: 0,
  duplicate: 0,
  sampled: 0,
  tooOften: 0,
  notJson: 0,
  droppedBytes: 0,
  cutBytes: 0,
  restarts: 0,
};

export function droppedOf(counts: ReductionCounts): number {
  return counts.filtered + counts.duplicate + counts.sampled + counts.tooOften;
}

/** null where nothing is left out on purpose */
export function sumCounts(a: ReductionCounts | null, b: ReductionCounts | null): ReductionCounts | null {
  if (a === null || b === null) return a ?? b;
  return {
    seen: a.seen + b.seen,
    filtered: a.filtered + b.filtered,
    duplicate: a.duplicate + b.duplicate,
    sampled: a.sampled + b.sampled,
    tooOften: a.tooOften + b.tooOften,
    notJson: a.notJson + b.notJson,
    droppedBytes: a.droppedBytes + b.droppedBytes,
    cutBytes: a.cutBytes + b.cutBytes,
    restarts: a.restarts + b.restarts,
  };
}
