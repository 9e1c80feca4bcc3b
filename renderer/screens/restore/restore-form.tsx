import { Button, Checkbox, NumberInput, Textarea, TextInput } from '@mantine/core';
import { IconListSearch } from '@tabler/icons-react';
import { useState, type SyntheticEvent } from 'react';
import { Card } from '../../components/card';
import { request } from '../../ipc/client';
import { problemByField } from '../../ipc/problem-by-field';
import { useRestore } from '../../stores/hooks';
import { editRestore, paramsOf, problemsOf, restoreStore, targetOf, type RestoreDraft } from '../../stores/restore';
import classes from './restore-screen.module.css';

type Problems = Readonly<Record<string, string>>;

/** @param props.archived the topic that Live shows; '' while none is chosen */
export function RestoreForm(props: { readonly archived: string }) {
  const { archived } = props;
  const draft = useRestore((state) => state.draft);
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<Problems>({});
  const problems = { ...said, ...problemsOf(draft) };

  const plan = async (): Promise<void> => {
    const params = paramsOf(draft, archived);
    setBusy(true);
    try {
      const found = await request('restore.plan', params);
      setSaid({});
      // unless the form was changed meanwhile
      if (restoreStore.getState().draft === draft) restoreStore.setState({ planned: { params, plan: found } });
    } catch (thrown) {
      setSaid(problemByField(thrown));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!isBusy && Object.keys(problemsOf(draft)).length === 0) void plan();
  };
  const whole = Object.entries(problems).find(([field]) => !FIELDS.has(field))?.[1];

  return (
    <Card className={classes.form}>
      <form className={classes.filled} onSubmit={submit}>
        <div className={classes.fields}>
          <h2 className={classes.heading}>What</h2>
          <Field
            name="topic"
            label="Archives of topic"
            value={draft.topic ?? archived}
            problems={problems}
            onChange={(topic) => editRestore({ topic })}
          />
          <div className={classes.row}>
            <Text draft={draft} name="fromTime" label="From time (UTC)" placeholder="The first" problems={problems} />
            <Text draft={draft} name="untilTime" label="Until time (UTC)" placeholder="The last" problems={problems} />
            <Text draft={draft} name="fromOffset" label="From offset" placeholder="The first" problems={problems} />
            <Text draft={draft} name="untilOffset" label="Until offset" placeholder="The last" problems={problems} />
          </div>
          <Textarea
            label="Keys"
            description="One a line; none for all records"
            autosize
            minRows={1}
            maxRows={4}
            value={draft.keys}
            error={problems['keys']}
            spellCheck={false}
            onChange={(event) => editRestore({ keys: event.currentTarget.value })}
          />
          <h2 className={classes.heading}>Where to</h2>
          <Field
            name="toTopic"
            label="Topic"
            value={targetOf(draft, archived)}
            problems={problems}
            onChange={(toTopic) => editRestore({ toTopic })}
          />
          <Choice draft={draft} name="append" label="It may hold records already" />
          <Choice draft={draft} name="withGroups" label="Bring the consumer groups along" />
          <h2 className={classes.heading}>How</h2>
          <Choice draft={draft} name="setAside" label="Set aside settings that would delete or alter records" />
          <Choice draft={draft} name="applySettings" label="Put settings back at the end" />
          <Choice
            draft={draft}
            name="acceptDeletion"
            label="Also if they delete restored records then"
            isDisabled={!draft.applySettings}
          />
          <div className={classes.row}>
            <NumberInput
              label="Records per second"
              placeholder="As fast as it goes"
              value={draft.recordsPerSecond}
              min={1}
              max={100_000_000}
              allowDecimal={false}
              allowNegative={false}
              thousandSeparator=","
              error={problems['recordsPerSecond']}
              onChange={(next) => editRestore({ recordsPerSecond: next === '' ? '' : Number(next) })}
            />
            <Text draft={draft} name="job" label="Go on with job" placeholder="A new one" problems={problems} />
          </div>
        </div>
        <div className={classes.foot}>
          {whole === undefined ? (
            <span className="dim">A dry run reads names and sizes alone, and writes nothing</span>
          ) : (
            <span className={classes.problem} role="alert">
              {whole}
            </span>
          )}
          <Button type="submit" variant="default" leftSection={<IconListSearch size={16} />} loading={isBusy}>
            Dry run
          </Button>
        </div>
      </form>
    </Card>
  );
}

const FIELDS: ReadonlySet<string> = new Set([
  'topic',
  'toTopic',
  'fromTime',
  'untilTime',
  'fromOffset',
  'untilOffset',
  'keys',
  'recordsPerSecond',
  'job',
]);

function Field(props: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly problems: Problems;
  readonly onChange: (value: string) => void;
}) {
  const { name, label, value, placeholder = '', problems, onChange } = props;
  return (
    <TextInput
      label={label}
      value={value}
      placeholder={placeholder}
      error={problems[name]}
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

type NamesOf<Value> = {
  [Name in keyof RestoreDraft]: RestoreDraft[Name] extends Value ? Name : never;
}[keyof RestoreDraft];

function Text(props: {
  readonly draft: RestoreDraft;
  readonly name: NamesOf<string>;
  readonly label: string;
  readonly placeholder: string;
  readonly problems: Problems;
}) {
  const { draft, name, ...rest } = props;
  return <Field name={name} value={draft[name]} onChange={(value) => editRestore({ [name]: value })} {...rest} />;
}

function Choice(props: {
  readonly draft: RestoreDraft;
  readonly name: NamesOf<boolean>;
  readonly label: string;
  readonly isDisabled?: boolean;
}) {
  const { draft, name, label, isDisabled = false } = props;
  return (
    <Checkbox
      label={label}
      checked={draft[name]}
      disabled={isDisabled}
      onChange={(event) => editRestore({ [name]: event.currentTarget.checked })}
    />
  );
}
