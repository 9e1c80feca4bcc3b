import type { Reduction } from '../../../shared/model/reduction';
import { droppedOf, type ReductionCounts } from '../../../shared/model/reduction-counts';
import { isReductionOff } from '../../../shared/model/reduction-syntax';
import { Banner } from '../../components/banner';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { Meter } from '../../components/meter';
import { bytes, count, exactBytes, NOTHING, percent } from '../../format/format';
import { useLive } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import classes from './reduction-numbers.module.css';
import { isSame } from './use-draft';

/** What the archiver leaves out, as it counts. */
export function ReductionNumbers(props: { readonly saved: Reduction }) {
  const counts = useLive(({ stages }) => stages.reduction);
  const readBytes = useLive(({ stages }) => stages.read.bytes) ?? 0;
  const rule = useLive(({ archiver }) => archiver.reduction) ?? props.saved;
  const steps = stepsOf(rule);
  const oneIn = rule.oneIn === null ? 'Not one in N' : `Not one in ${count(rule.oneIn)}`;
  return (
    <div className={classes.numbers} role="group" aria-label="What is left out">
      <div className={classes.head}>
        <h3>What is left out</h3>
        <span className="dim">
          <Since saved={props.saved} />
        </span>
      </div>
      <dl className={classes.rows}>
        <Row name="Read" value={counts?.seen ?? null} of={counts} isTotal />
        <Row name="Key or condition" value={counts?.filtered ?? null} of={counts} isOff={!steps.filters} />
        <Row name="Duplicates" value={counts?.duplicate ?? null} of={counts} isOff={!steps.duplicates} />
        <Row name={oneIn} value={counts?.sampled ?? null} of={counts} isOff={!steps.samples} />
        <Row name="Too often" value={counts?.tooOften ?? null} of={counts} isOff={!steps.limits} />
        <Row name="Archived" value={counts === null ? null : counts.seen - droppedOf(counts)} of={counts} isTotal />
      </dl>
      <dl className={classes.facts}>
        <Saved
          name="Bytes of messages left out"
          value={counts?.droppedBytes ?? null}
          whole={readBytes}
          testId="dropped"
        />
        <Saved name="Bytes of fields cut out" value={counts?.cutBytes ?? null} whole={readBytes} testId="cut" />
        <div>
          <dt>Not JSON, kept whole</dt>
          <dd>
            <Figure testId="reduction-not-json">{count(counts?.notJson ?? null)}</Figure>
          </dd>
        </div>
      </dl>
      {counts !== null && counts.restarts > 0 && (
        <Banner tone="warn" title="More keys than it can remember.">
          {`It began anew ${count(counts.restarts)} times within archives: more messages were kept than the rule asks for.`}
        </Banner>
      )}
    </div>
  );
}

/** Which steps a rule has that leave messages out. */
function stepsOf(rule: Reduction) {
  return {
    filters: rule.filterKeys.length + rule.filter.length > 0,
    duplicates: rule.dropDuplicates,
    samples: rule.oneIn !== null,
    limits: rule.atMostEveryMs !== null,
  };
}

function Since(props: { readonly saved: Reduction }) {
  const state = useLive(({ archiver }) => archiver.state) ?? 'stopped';
  const running = useLive(({ archiver }) => archiver.reduction);
  const isCounted = useLive(({ stages }) => stages.reduction !== null) ?? false;
  if (!isArchiving(state)) return isCounted ? 'in the last run' : 'counted while archiving runs';
  if (running !== null && !isSame(running, props.saved)) {
    return isReductionOff(running)
      ? 'the running archiver still keeps everything'
      : 'by the rule that archiving was started with';
  }
  return running === null || isReductionOff(running) ? 'everything is kept' : 'since archiving was started';
}

function Row(props: {
  readonly name: string;
  readonly value: number | null;
  readonly of: ReductionCounts | null;
  readonly isTotal?: boolean;
  /** the rule has no such step */
  readonly isOff?: boolean;
}) {
  const { name, value, of } = props;
  const seen = of?.seen ?? 0;
  const isTotal = props.isTotal === true;
  // what was counted is shown in any case
  const isOff = props.isOff === true && (value ?? 0) === 0;
  return (
    <div className={cx(classes.row, isTotal && classes.total)}>
      <dt>{name}</dt>
      <dd className={classes.meter}>
        <Meter
          share={seen === 0 ? 0 : (value ?? 0) / seen}
          color={isTotal ? 'var(--pf-series-archiver)' : 'var(--pf-stage-encoded)'}
        />
      </dd>
      <dd className={classes.figure}>
        <Figure testId={`reduction-${name}`} className={isOff ? 'dim' : undefined}>
          {isOff ? 'off' : count(value)}
        </Figure>
      </dd>
      <dd className={classes.figure}>
        <Figure className="dim">{value === null || isOff ? NOTHING : percent(value, seen)}</Figure>
      </dd>
    </div>
  );
}

function Saved(props: {
  readonly name: string;
  readonly value: number | null;
  readonly whole: number;
  readonly testId: string;
}) {
  const { name, value, whole } = props;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Figure exact={exactBytes(value)} testId={`reduction-${props.testId}-bytes`}>
          {bytes(value)}
        </Figure>{' '}
        {value !== null && <Figure className="dim">{percent(value, whole)}</Figure>}
      </dd>
    </div>
  );
}
