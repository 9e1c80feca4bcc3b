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
import { parsePath, pathText, SyntaxProblem } from './json-path';
import { conditionText, parseCondition, parseKeyPattern } from './reduction-syntax';

const MAX_LIST = 100;
const MAX_TEXT = 500;

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
