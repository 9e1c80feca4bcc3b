import 'uplot/dist/uPlot.min.css';
import { SegmentedControl } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Card } from '../../components/card';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { exactRate, localTimeOfDay, rate } from '../../format/format';
import { useLive } from '../../stores/hooks';
import { liveStore, throughputHistory } from '../../stores/live';
import classes from './chart-card.module.css';
import { ThroughputChart, type ChartPoint } from './throughput-chart';

const WINDOWS = [
  { value: '120000', label: '2 min' },
  { value: '300000', label: '5 min' },
];

/** Messages a second of producer, pipeline and archiver over the last minutes. */
export function ChartCard() {
  const [windowMs, setWindowMs] = useState('120000');
  const [point, setPoint] = useState<ChartPoint | null>(null);
  return (
    <Card
      title={point === null ? 'Messages/s' : `Messages/s at ${localTimeOfDay(point.at)}`}
      className={classes.card}
      actions={
        <>
          <Legend point={point} />
          <SegmentedControl
            size="xs"
            aria-label="Stretch of time"
            data={WINDOWS}
            value={windowMs}
            onChange={setWindowMs}
          />
        </>
      }
    >
      <Plot windowMs={Number(windowMs)} onCursor={setPoint} />
    </Card>
  );
}

function Plot(props: { readonly windowMs: number; readonly onCursor: (point: ChartPoint | null) => void }) {
  const { windowMs, onCursor } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return undefined;
    const chart = new ThroughputChart(host.current, throughputHistory, windowMs, onCursor);
    const stop = liveStore.subscribe(() => chart.draw());
    return () => {
      stop();
      chart.destroy();
    };
  }, [windowMs, onCursor]);
  return (
    <div className={classes.plot}>
      <div
        ref={host}
        className={classes.canvas}
        role="img"
        aria-label="Throughput of producer, pipeline and archiver"
      />
    </div>
  );
}

/** What stands under the pointer, else what is measured now. */
function Legend(props: { readonly point: ChartPoint | null }) {
  const producer = useLive((snapshot) => snapshot.producer.ratePerSecond);
  const pipeline = useLive(({ groups }) => groups.pipeline.ratePerSecond);
  const archiver = useLive(({ groups }) => groups.archiver.ratePerSecond);
  const shown = props.point ?? { producer, pipeline, archiver };
  return (
    <div className={classes.legend}>
      <Entry name="producer" value={shown.producer} isDashed />
      <Entry name="pipeline" value={shown.pipeline} />
      <Entry name="archiver" value={shown.archiver} />
    </div>
  );
}

function Entry(props: {
  readonly name: 'producer' | 'pipeline' | 'archiver';
  readonly value: number | null;
  readonly isDashed?: boolean;
}) {
  return (
    <span className={classes.entry}>
      <span
        className={cx(classes.line, props.isDashed === true && classes.dashed)}
        style={{ borderColor: `var(--pf-series-${props.name})` }}
        aria-hidden
      />
      {props.name}
      <b>
        <Figure exact={exactRate(props.value)}>{rate(props.value)}</Figure>
      </b>
    </span>
  );
}
