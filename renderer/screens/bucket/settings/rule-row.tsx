import { ActionIcon, Autocomplete, NumberInput, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { COLDER_CLASSES, lifecycleText } from '../../../../shared/model/lifecycle';
import { cx } from '../../../components/cx';
import { typedRules, type RuleDoes, type RuleDraft } from '../../../format/rule-draft';
import { storageClassName } from '../../../format/words';
import { useLive } from '../../../stores/hooks';
import classes from './lifecycle.module.css';

const DOES: readonly { readonly value: RuleDoes; readonly label: string }[] = [
  ...COLDER_CLASSES.map((value) => ({ value, label: `Move to ${storageClassName(value)}` })),
  { value: 'delete', label: 'Delete for good' },
];

/** One rule: its fields, and below them the same in words, or what is wrong with it. */
export function RuleRow(props: {
  /** from 1, as it is counted aloud */
  readonly place: number;
  readonly draft: RuleDraft;
  readonly problem: string | undefined;
  readonly onChange: (edit: Partial<RuleDraft>) => void;
  readonly onRemove: () => void;
}) {
  const { place, draft, problem, onChange } = props;
  const archivePrefix = useLive(({ prefix }) => prefix) ?? '';
  return (
    <div className={classes.rule} role="group" aria-label={`Rule ${place}`}>
      <Select
        aria-label="What it does"
        data={DOES}
        value={draft.does}
        onChange={(value) => onChange({ does: DOES.find((each) => each.value === value)?.value ?? draft.does })}
      />
      <NumberInput
        aria-label="After so many days"
        prefix="after "
        suffix=" days"
        min={0}
        max={36_500}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        value={draft.ageDays}
        error={problem !== undefined}
        onChange={(value) => onChange({ ageDays: value === '' ? '' : Number(value) })}
      />
      <Autocomplete
        aria-label="Only names that begin with"
        placeholder="all objects"
        data={archivePrefix === '' ? [] : [`${archivePrefix}/`]}
        value={draft.prefix}
        spellCheck={false}
        onChange={(prefix) => onChange({ prefix })}
      />
      <ActionIcon size={34} aria-label={`Remove rule ${place}`} title="Remove this rule" onClick={props.onRemove}>
        <IconX size={17} />
      </ActionIcon>
      <p className={cx(classes.words, problem !== undefined && classes.wrong)} role={problem && 'alert'}>
        {problem ?? inWords(draft)}
      </p>
    </div>
  );
}

function inWords(draft: RuleDraft): string {
  const alone = typedRules([draft]);
  const [rule] = alone.isValid ? alone.rules : [];
  return rule === undefined ? '' : lifecycleText(rule);
}
