import { NumberInput, Switch } from '@mantine/core';
import { parsePath } from '../../../shared/model/json-path';
import type { Reduction } from '../../../shared/model/reduction';
import { isReductionOff, parseCondition, parseKeyPattern } from '../../../shared/model/reduction-syntax';
import type { Settings } from '../../../shared/model/settings';
import { Banner } from '../../components/banner';
import { ReductionNumbers } from './reduction-numbers';
import { Section } from './section';
import classes from './settings-screen.module.css';
import { TextList } from './text-list';
import { useDraft, type Draft } from './use-draft';

const SECOND_MS = 1_000;

/** What is left out of the archives on purpose: the rule, and what it does right now. */
export function ReductionSection(props: { readonly saved: Settings }) {
  const draft = useDraft(props.saved);
  const rule = draft.values.reduction;
  const edit = (change: Partial<Reduction>): void => draft.edit({ reduction: { ...rule, ...change } });
  const fields = { rule, edit, problems: draft.problems };
  return (
    <Section
      title="Reduction"
      note="What is left out of the archives on purpose. A message passes these steps in their order."
      effect="Takes effect at the next start of archiving."
      draft={draft}
      fields={['reduction']}
    >
      <div className={classes.notice}>
        {isReductionOff(rule) ? (
          <Banner tone="info" title="Off.">
            Everything is archived, byte for byte.
          </Banner>
        ) : (
          <Banner tone="warn" title="Archives will be reduced.">
            What is left out is gone once Kafka has deleted it. Every archive says that it is reduced, and by how much.
          </Banner>
        )}
      </div>
      <MessageFields {...fields} />
      <ValueFields {...fields} />
      <ReductionNumbers saved={props.saved.reduction} />
    </Section>
  );
}

interface FieldsProps {
  readonly rule: Reduction;
  readonly problems: Draft['problems'];
  readonly edit: (change: Partial<Reduction>) => void;
}

function MessageFields(props: FieldsProps) {
  const { rule, problems, edit } = props;
  return (
    <fieldset className={classes.group}>
      <legend>Which messages</legend>
      <div className={classes.fields}>
        <TextList
          label="Keys"
          description="A key, bus * (all that begin so), !test* (all but those)"
          placeholder="All keys"
          values={rule.filterKeys}
          parse={parseKeyPattern}
          problem={problemOf(problems, 'filterKeys')}
          onChange={(filterKeys) => edit({ filterKeys })}
        />
        <TextList
          label="Conditions on the value"
          description="SPEED>=12.5, STATUS=done, id (is there), !error (is not)"
          placeholder="No conditions"
          values={rule.filter}
          parse={parseCondition}
          problem={problemOf(problems, 'filter')}
          onChange={(filter) => edit({ filter })}
        />
        <Switch
          className={classes.wide}
          label="Leave out consecutive duplicates"
          description="Value and headers are the same as in the message before of the same key"
          checked={rule.dropDuplicates}
          error={problemOf(problems, 'dropDuplicates')}
          onChange={(event) => edit({ dropDuplicates: event.currentTarget.checked })}
        />
        <NumberInput
          label="Of each key, one message in"
          description="The first, and every N-th behind it"
          placeholder="All messages"
          min={2}
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          value={rule.oneIn ?? ''}
          error={problemOf(problems, 'oneIn')}
          onChange={(value) => edit({ oneIn: value === '' ? null : Number(value) })}
        />
        <NumberInput
          label="Of each key, at most one message in"
          description="By the messages' own timestamps"
          placeholder="No limit"
          suffix=" s"
          decimalScale={3}
          allowNegative={false}
          value={rule.atMostEveryMs === null ? '' : rule.atMostEveryMs / SECOND_MS}
          error={problemOf(problems, 'atMostEveryMs')}
          onChange={(value) => edit({ atMostEveryMs: value === '' ? null : Math.round(Number(value) * SECOND_MS) })}
        />
      </div>
    </fieldset>
  );
}

function ValueFields(props: FieldsProps) {
  const { rule, problems, edit } = props;
  return (
    <fieldset className={classes.group}>
      <legend>Which fields of a value</legend>
      <div className={classes.fields}>
        <TextList
          label="Only these fields"
          description="VEHICLE_ID, position.lat, items[*].id"
          placeholder="All fields"
          values={rule.keepFields}
          parse={parsePath}
          problem={problemOf(problems, 'keepFields')}
          onChange={(keepFields) => edit({ keepFields })}
        />
        <TextList
          label="Without these fields"
          description="Cut out of what is kept; the rest stays as it was written"
          placeholder="None"
          values={rule.dropFields}
          parse={parsePath}
          problem={problemOf(problems, 'dropFields')}
          onChange={(dropFields) => edit({ dropFields })}
        />
      </div>
    </fieldset>
  );
}

/** Of the field itself, or of one of a list. */
function problemOf(problems: Draft['problems'], field: keyof Reduction): string | undefined {
  const path = `reduction.${field}`;
  return Object.entries(problems).find(([each]) => each === path || each.startsWith(`${path}.`))?.[1];
}
