import type { ArchiverView, StagesView } from '../../../shared/model/live';
import { droppedOf } from '../../../shared/model/reduction-counts';
import { isReductionOff } from '../../../shared/model/reduction-syntax';
import { Card } from '../../components/card';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { Meter } from '../../components/meter';
import {
  byteRate,
  bytes,
  change,
  counted,
  exactByteRate,
  exactBytes,
  exactRate,
  NOTHING,
  percent,
  rate,
} from '../../format/format';
import { useLive, useSettings } from '../../stores/hooks';
import classes from './flow-card.module.css';

type StageName = 'read' | 'raw' | 'encoded' | 'compressed' | 'encrypted' | 'uploaded';

/** The way of a message: what each step makes of its size, and how fast. */
export function FlowCard(props: { readonly className?: string | undefined }) {
  const topic = useLive((snapshot) => snapshot.topic ?? 'no topic chosen') ?? NOTHING;
  const bucket = useLive((snapshot) => snapshot.bucket) ?? NOTHING;
  const isReduced = useLive(({ stages, archiver }) => stages.reduction !== null || isReducing(archiver)) ?? false;
  const first = isReduced ? 'read' : 'raw';
  return (
    <Card className={props.className}>
      <div
        className={cx(classes.flow, isReduced && classes.reduced)}
        role="group"
        aria-label="From Kafka to the bucket"
      >
        <StageNode stage={first} name={topic} sub={<Messages />} color="var(--pf-stage-raw)" />
        <Leg stage={first} caption="raw" />
        {isReduced && (
          <>
            <StageNode stage="raw" name="Reduce" sub={<ReduceNote />} color="var(--pf-stage-raw)" />
            <Leg stage="raw" caption="kept" />
          </>
        )}
        <StageNode stage="encoded" name="Encode" sub={<EncodeNote />} color="var(--pf-stage-encoded)" />
        <Leg stage="encoded" caption="JSON lines" />
        <StageNode stage="compressed" name="Compress" sub={<CompressNote />} color="var(--pf-series-archiver)" />
        <Leg stage="compressed" caption="blocks" />
        <StageNode stage="encrypted" name="Encrypt" sub={<EncryptNote />} color="var(--pf-series-pipeline)" />
        <Leg stage="encrypted" caption="create only" />
        <StageNode stage="uploaded" name={bucket} sub={<Archives />} color="var(--pf-series-archiver)" isEnd />
      </div>
    </Card>
  );
}

/** Nothing was measured while the archiver has not run. */
function useMeasured(stage: StageName): number | null {
  return useLive(({ stages, archiver }) =>
    isUnmeasured(stages, archiver) || isAhead(stages, stage) ? null : stages[stage].bytes,
  );
}

function isUnmeasured(stages: StagesView, { codec }: ArchiverView): boolean {
  return messagesRead(stages) === 0 && codec === null;
}

/** Those that were left out included. */
function messagesRead({ records, reduction }: StagesView): number {
  return reduction?.seen ?? records;
}

/** While the first block is open, nothing has come out of the compressor: no figure is better than 0. */
function isAhead({ compressedFrom, archives }: StagesView, stage: StageName): boolean {
  return compressedFrom === 0 && archives === 0 && (stage === 'compressed' || stage === 'encrypted');
}

function StageNode(props: {
  readonly stage: StageName;
  readonly name: string;
  readonly sub: React.ReactNode;
  readonly color: string;
  readonly isEnd?: boolean;
}) {
  const measured = useMeasured(props.stage);
  const largest = useLive(({ stages }) => Math.max(stages.read.bytes, stages.encoded.bytes)) ?? 0;
  return (
    <div className={cx(classes.node, props.isEnd === true && classes.end)}>
      <span className={cx(classes.name, 'ellipsis')} title={props.name}>
        {props.name}
      </span>
      <Figure className={classes.big} exact={exactBytes(measured)} testId={`stage-${props.stage}`}>
        {bytes(measured)}
      </Figure>
      <span className={cx(classes.sub, 'figure', 'ellipsis')}>{props.sub}</span>
      <div className={classes.bar}>
        <Meter share={largest === 0 ? 0 : (measured ?? 0) / largest} color={props.color} />
      </div>
    </div>
  );
}

function Leg(props: { readonly stage: StageName; readonly caption: string }) {
  const perSecond = useLive(({ stages }) => stages[props.stage].bytesPerSecond);
  const isMoving = perSecond !== null && perSecond > 0;
  return (
    <div className={classes.leg}>
      <Figure className={classes.rate} exact={exactByteRate(perSecond)}>
        {byteRate(perSecond)}
      </Figure>
      <div className={cx(classes.arrow, isMoving && classes.moving)} aria-hidden>
        <div className={classes.stream} />
      </div>
      <span className={classes.caption}>{props.caption}</span>
    </div>
  );
}

function Messages() {
  const perSecond = useLive(({ groups }) => groups.archiver.ratePerSecond);
  const records = useLive(({ stages, archiver }) => (isUnmeasured(stages, archiver) ? null : messagesRead(stages)));
  if (records === null) return 'messages';
  return (
    <span title={exactRate(perSecond)}>
      {perSecond ? (
        <>
          {rate(perSecond)} <span className={classes.word}>messages</span>/s
        </>
      ) : (
        counted(records, 'message')
      )}
    </span>
  );
}

function isReducing({ reduction }: ArchiverView): boolean {
  return reduction !== null && !isReductionOff(reduction);
}

/** Messages that are kept; by their bytes where none is left out as a whole. */
function ReduceNote() {
  const counts = useLive(({ stages }) => stages.reduction);
  const bytesKept = useLive(({ stages }) => percent(stages.raw.bytes, stages.read.bytes)) ?? NOTHING;
  if (counts === null || counts.seen === 0) return 'nothing left out yet';
  const dropped = droppedOf(counts);
  if (dropped === 0) return `${bytesKept} kept`;
  const share = percent(counts.seen - dropped, counts.seen);
  return <span title={`${share} of the messages, ${bytesKept} of their bytes`}>{share} kept</span>;
}

function EncodeNote() {
  const share = useLive(({ stages }) => percent(stages.encoded.bytes, stages.raw.bytes)) ?? NOTHING;
  return share === NOTHING ? 'JSON lines' : `${share} of raw`;
}

function CompressNote() {
  const codec = useLive(({ archiver }) => archiver.codec);
  const settings = useSettings((state) => state.settings);
  const name = codec ?? settings?.codec ?? '';
  // while it runs, the level may have been changed for the next start
  const level = name === 'none' || codec !== null ? '' : ` ${settings?.level ?? ''}`;
  const share = useLive(({ stages }) => percent(stages.compressed.bytes, stages.compressedFrom)) ?? NOTHING;
  if (name === 'none') return 'off';
  return share === NOTHING ? `${name}${level}` : `${name}${level}, to ${share}`;
}

function EncryptNote() {
  const keys = useLive(({ archiver }) => (archiver.codec === null ? null : archiver.recipients.length));
  const encrypts = useSettings(({ settings }) => settings?.encrypt ?? true);
  const added = useLive(({ stages }) => change(stages.uploadedFrom, stages.uploaded.bytes)) ?? NOTHING;
  if (keys === 0 || (keys === null && !encrypts)) return 'off';
  const to = keys === null ? 'age' : `age, ${counted(keys, 'key')}`;
  return added === NOTHING ? to : `${to}, ${added}`;
}

function Archives() {
  const archives = useLive(({ stages }) => stages.archives) ?? 0;
  return archives === 0 ? 'no archives yet' : counted(archives, 'archive');
}
