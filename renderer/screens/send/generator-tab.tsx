import { ActionIcon, Button, NumberInput, Text, Tooltip } from '@mantine/core';
import { IconDice5, IconPlayerPlay } from '@tabler/icons-react';
import { count, duration, NOTHING } from '../../format/format';
import { request } from '../../ipc/client';
import { useSend } from '../../stores/hooks';
import { editGenerator, randomSeed, type GeneratorDraft } from '../../stores/send';
import classes from './send-screen.module.css';
import { useSending } from './use-sending';
import { TopicField } from './topic-field';
import { useSendTopic } from './use-send-topic';

type Field = keyof GeneratorDraft;

/** Breadcrumbs as buses send them, as many and as fast as wished. */
export function GeneratorTab() {
  const topic = useSendTopic();
  const draft = useSend(({ generator }) => generator);
  const { isBusy, problems, run } = useSending();
  const { count: messages, ratePerSecond, vehicles, seed } = draft;
  const isComplete = messages !== '' && vehicles !== '' && seed !== '';

  const start = (): void => {
    if (!isComplete) return;
    const rate = ratePerSecond === '' ? null : ratePerSecond;
    run(() => request('send.generate', { topic, count: messages, ratePerSecond: rate, vehicles, seed }));
  };

  return (
    <>
      <div className={classes.fields}>
        <Text c="dimmed" size="sm">
          Position reports of a fleet of buses, as JSON. The same seed makes the same messages.
        </Text>
        <TopicField error={problems['topic']} />
        <div className={classes.row}>
          <Figure field="count" label="Messages" max={100_000_000} value={messages} error={problems['count']} />
          <Figure
            field="ratePerSecond"
            label="Messages per second"
            placeholder="As fast as it goes"
            max={1_000_000}
            value={ratePerSecond}
            error={problems['ratePerSecond']}
          />
          <Figure field="vehicles" label="Vehicles" max={1000} value={vehicles} error={problems['vehicles']} />
          <Figure
            field="seed"
            label="Seed"
            min={0}
            max={4_294_967_295}
            value={seed}
            error={problems['seed']}
            rightSection={
              <Tooltip label="Another seed">
                <ActionIcon aria-label="Another seed" onClick={() => editGenerator({ seed: randomSeed() })}>
                  <IconDice5 size={17} />
                </ActionIcon>
              </Tooltip>
            }
          />
        </div>
      </div>
      <div className={classes.foot}>
        {problems[''] === undefined ? (
          <span className="dim figure">{estimate(draft)}</span>
        ) : (
          <span className={classes.problem} role="alert">
            {problems['']}
          </span>
        )}
        <Button leftSection={<IconPlayerPlay size={16} />} disabled={!isComplete} loading={isBusy} onClick={start}>
          Start generator
        </Button>
      </div>
    </>
  );
}

function estimate({ count: messages, ratePerSecond }: GeneratorDraft): string {
  if (messages === '') return NOTHING;
  const many = `${count(messages)} messages`;
  return ratePerSecond === ''
    ? `${many}, as fast as it goes`
    : `${many} in ${duration((messages / ratePerSecond) * 1000)}`;
}

function Figure(props: {
  readonly field: Field;
  readonly label: string;
  readonly value: number | '';
  readonly max: number;
  readonly min?: number;
  readonly placeholder?: string;
  readonly error: string | undefined;
  readonly rightSection?: React.ReactNode;
}) {
  const { field, label, value, max, min = 1, placeholder, error, rightSection } = props;
  return (
    <NumberInput
      label={label}
      value={value}
      min={min}
      max={max}
      placeholder={placeholder ?? ''}
      error={error}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      {...(rightSection === undefined ? {} : { rightSection })}
      onChange={(next) => editGenerator({ [field]: next === '' ? '' : Number(next) })}
    />
  );
}
