import type { ComparisonView } from '../../../shared/model/live';
import { Card } from '../../components/card';
import { cx } from '../../components/cx';
import { StateMark } from '../../components/state-mark';
import { count } from '../../format/format';
import { verdictText, type VerdictText } from '../../format/words';
import { useLive } from '../../stores/hooks';
import classes from './verdict-card.module.css';

const WAITING: ComparisonView = { verdict: 'waiting', partitions: [] };

const ALONE: VerdictText = {
  title: 'Nothing to compare',
  detail: 'The archiver is the only group that reads',
  tone: 'idle',
};

/** Whether both groups saw the same messages. */
export function VerdictCard() {
  const comparison = useLive((snapshot) => snapshot.comparison) ?? WAITING;
  const isAlone = useLive(({ groups }) => groups.pipeline.groupId === null) ?? false;
  const { title, detail, tone } = isAlone ? ALONE : verdictText(comparison);
  return (
    <Card className={cx(classes.card, tone === 'good' && classes.good, tone === 'bad' && classes.bad)}>
      <div
        data-testid="live-verdict"
        data-verdict={comparison.verdict}
        title={stretches(comparison)}
        aria-live="polite"
      >
        <StateMark tone={tone} word={title} size={18} />
        <p className={cx(classes.detail, 'figure')} style={{ whiteSpace: 'normal' }}>
          {detail}
        </p>
      </div>
    </Card>
  );
}

/** The exact ground of the verdict, a line a partition. */
function stretches({ partitions }: ComparisonView): string {
  return partitions
    .map(({ partition, verdict, from, to, pipeline, archiver }) => {
      if (from === null || to === null) return `Partition ${partition}: ${verdict}`;
      const digests = `digest ${pipeline?.digest ?? '–'} and ${archiver?.digest ?? '–'}`;
      return `Partition ${partition}: ${verdict}, offsets ${count(from)} to ${count(to)}, ${digests}`;
    })
    .join('\n');
}
