import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { CheckStep, ConnectionTest } from '../../../shared/model/connection';
import { CopyText } from '../../components/copy';
import { cx } from '../../components/cx';
import { StateMark } from '../../components/state-mark';
import { STEP_WORDS, stepName, testReport, testWord } from '../../format/connection-words';
import { cancelTest, dropTest } from '../../stores/connection-actions';
import { draftIn, testOf } from '../../stores/connections';
import { useConnections } from '../../stores/hooks';
import { attempt } from '../../stores/report';
import classes from './test-panel.module.css';

const BEGUN: Pick<ConnectionTest, 'state' | 'kafka' | 'destination'> = { state: 'running', kafka: [], destination: [] };

/** What a test of what is typed has found so far: Kafka and the destination are tried at the same time. */
export function TestPanel(props: { readonly id: string; readonly name: string }) {
  const { id } = props;
  const test = useConnections((state) => testOf(state, id));
  const isOutdated = useConnections((state) => {
    const started = state.started[id];
    const draft = draftIn(state, id);
    return started !== undefined && draft !== null && !isSameTyped(started, draft);
  });
  const { word, tone } = testWord({ id: '', error: null, ...BEGUN, ...test });
  const { state, kafka, destination } = test ?? BEGUN;
  const isRunning = state === 'running';
  const isCancellable = useConnections(({ started }) => (started[id]?.testId ?? null) !== null);
  return (
    <section className={classes.panel} aria-label="Test">
      <div className={classes.head}>
        <h3 className={classes.title}>Test</h3>
        <span role="status">
          <StateMark tone={tone} word={word} testId="connection-test-state" />
        </span>
        <span className={cx(classes.note, 'ellipsis')}>
          {isOutdated && 'What is typed has changed since: test again.'}
        </span>
        {test !== null && !isRunning && <CopyText value={testReport(props.name, test)} label="Copy report" />}
        {isRunning ? (
          <Button
            variant="default"
            size="compact-sm"
            disabled={!isCancellable}
            onClick={() => attempt(() => cancelTest(id))}
          >
            Cancel
          </Button>
        ) : (
          <ActionIcon size="sm" aria-label="Close the test" onClick={() => dropTest(id)}>
            <IconX size={16} />
          </ActionIcon>
        )}
      </div>
      {test?.error != null && (
        <p className={classes.error} role="alert">
          {test.error.message}
        </p>
      )}
      <div className={classes.groups}>
        <Steps title="Kafka" steps={kafka} isRunning={isRunning && !isLast(kafka, /^group /)} />
        <Steps
          title="Destination"
          steps={destination}
          isRunning={isRunning && !isLast(destination, /^(rights|folder )/)}
        />
      </div>
    </section>
  );
}

function isSameTyped(one: { readonly form: object; readonly secrets: object }, other: typeof one): boolean {
  return (
    one.form === other.form || JSON.stringify([one.form, one.secrets]) === JSON.stringify([other.form, other.secrets])
  );
}

/** Each of the two ends with a step of its own, tried or skipped, while the other may still run. */
function isLast(steps: readonly CheckStep[], name: RegExp): boolean {
  return steps.some((step) => name.test(step.name));
}

function Steps(props: { readonly title: string; readonly steps: readonly CheckStep[]; readonly isRunning: boolean }) {
  return (
    <div>
      <h4 className={classes.group}>{props.title}</h4>
      <ol className={classes.steps} aria-label={`Test of ${props.title}`}>
        {props.steps.map((step, index) => (
          <Step key={`${index} ${step.name}`} step={step} />
        ))}
        {props.isRunning && (
          <li className={classes.step}>
            <StateMark tone="busy" word={props.steps.length === 0 ? 'Begins' : 'Goes on'} size={15} />
          </li>
        )}
      </ol>
    </div>
  );
}

function Step(props: { readonly step: CheckStep }) {
  const { name, result, said } = props.step;
  const { word, tone } = STEP_WORDS[result];
  return (
    <li className={classes.step}>
      <StateMark tone={tone} word={word} size={15} />
      <div className={classes.text}>
        <strong>{stepName(name)}</strong>
        <p className={result === 'skipped' ? 'dim' : undefined}>{said}</p>
      </div>
    </li>
  );
}
