/** Which topics are archived: by name, and by patterns that names match. */
import { z } from 'zod';

export interface TopicChoice {
  readonly names: readonly string[];
  /** regular expressions that match whole names; internal topics only by name */
  readonly patterns: readonly string[];
}

export type ChosenBy = 'name' | 'pattern';

/** A pattern as text; its refusal is shown beside the field. */
export const topicPatternText = z
  .string()
  .min(1, 'A pattern cannot be empty')
  .max(500, 'A pattern has at most 500 characters')
  .refine(isExpression, 'This is no regular expression, such as fleet-.* or orders[.](eu|us)');

/** A pattern must match a whole name, as in Kafka's own tools. @throws SyntaxError */
export function wholeName(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

/** @returns tells of a topic whether it is chosen, and how; a name goes before a pattern @throws SyntaxError */
export function chooser({
  names,
  patterns,
}: TopicChoice): (topic: { readonly name: string; readonly isInternal: boolean }) => ChosenBy | null {
  const named = new Set(names);
  const expressions = patterns.map(wholeName);
  return ({ name, isInternal }) => {
    if (named.has(name)) return 'name';
    return !isInternal && expressions.some((expression) => expression.test(name)) ? 'pattern' : null;
  };
}

function isExpression(text: string): boolean {
  try {
    wholeName(text);
    return true;
  } catch {
    return false; // what a person types need not be one
  }
}
