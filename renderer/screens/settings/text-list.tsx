import { TagsInput } from '@mantine/core';
import { SyntaxProblem } from '../../../shared/model/json-path';
import classes from './settings-screen.module.css';

/** A list of texts of which each must fit a syntax; what does not is told at once, and which it is. */
export function TextList(props: {
  readonly label: string;
  readonly description: React.ReactNode;
  readonly placeholder: string;
  readonly values: readonly string[];
  /** throws SyntaxProblem */
  readonly parse: (text: string) => unknown;
  /** from saving */
  readonly problem: string | undefined;
  readonly onChange: (values: string[]) => void;
}) {
  const { values, parse, problem } = props;
  return (
    <TagsInput
      size="sm"
      label={props.label}
      description={props.description}
      placeholder={values.length === 0 ? props.placeholder : ''}
      value={[...values]}
      error={problemIn(values, parse) ?? problem}
      splitChars={[]}
      clearable
      clearButtonProps={{ 'aria-label': `Clear ${props.label}` }}
      classNames={{ pill: classes.pill ?? '', inputField: classes.tag ?? '' }}
      onChange={props.onChange}
    />
  );
}

function problemIn(values: readonly string[], parse: (text: string) => unknown): string | undefined {
  for (const value of values) {
    try {
      parse(value);
    } catch (thrown) {
      if (thrown instanceof SyntaxProblem) return `${value}: ${thrown.message}`;
      throw thrown;
    }
  }
  return undefined;
}
