/**
 * Puts together what the window shows four times a second, out of what the threads report. Holds no work of its own:
 * totals come in, rates and comparisons go out.
 */
import type { PlainError } from '../../shared/errors';
import type {
  ArchiverView,
  ComparisonView,
  ConnectionStateView,
  GroupView,
  LiveMessage,
  LiveSnapshot,
  PartitionComparison,
  ProblemView,
  StagesView,
  ThroughputSample,
  UploadView,
} from '../../shared/model/live';
import type { ArchiverStatus } from '../engine/archive/progress';
import { TallyComparison, type TallyReport } from '../engine/kafka/comparison';
import type { LatestMessage } from '../engine/pipeline/latest-messages';
import type { PipelineReport } from '../worker/pipeline-protocol';
import { moreTopics, type Place } from './place';
import { Rate } from './rate';

const MAX_KEPT = 50;
const HISTORY_MS = 5 * 60_000;

/** How far it is with the connection in use. */
export type ConnectionProgress = Pick<ConnectionStateView, 'state' | 'kafka' | 'bucketEndpoint' | 'problem'>;

interface PartitionSeen {
  readonly partition: number;
  readonly position: bigint;
  readonly messages: number | null;
}

export class LiveBoard {
  readonly #place: () => Place;
  #connection: ConnectionProgress = { state: 'starting', kafka: null, bucketEndpoint: null, problem: null };
  #archiver: ArchiverView = {
    state: 'stopped',
    reason: null,
    error: null,
    codec: null,
    recipients: [],
    reduction: null,
  };
  #pipeline: PipelineReport | null = null;
  #archiving: ArchiverStatus | null = null;
  #comparisons = new Map<number, { readonly comparison: TallyComparison; left: bigint | null; right: bigint | null }>();
  #uploads: UploadView[] = [];
  #problems: ProblemView[] = [];
  #history: ThroughputSample[] = [];
  #rates = new LiveRates();

  constructor(place: () => Place) {
    this.#place = place;
  }

  setConnection(progress: ConnectionProgress): void {
    this.#connection = progress;
  }

  setArchiver(view: ArchiverView): void {
    this.#archiver = view;
    if (view.state === 'starting') this.#archiving = null;
  }

  /** Another topic or group is looked at from now on. */
  reset(): void {
    this.#pipeline = null;
    this.#archiving = null;
    this.#comparisons.clear();
    this.#rates = new LiveRates();
  }

  /** Another connection is in use from now on: nothing that was seen is about it. */
  clear(): void {
    this.reset();
    this.#connection = { state: 'starting', kafka: null, bucketEndpoint: null, problem: null };
    this.#uploads = [];
    this.#problems = [];
    this.#history = [];
  }

  pipelineReported(report: PipelineReport): void {
    this.#pipeline = report;
    for (const { partition, tally } of report.partitions) this.#compare(partition, 'left', tally);
  }

  archiverReported(status: ArchiverStatus): void {
    this.#archiving = status;
    const { topic } = this.#place();
    for (const each of status.partitions) if (each.topic === topic) this.#compare(each.partition, 'right', each.tally);
  }

  uploaded(upload: UploadView): void {
    this.#uploads = [upload, ...this.#uploads].slice(0, MAX_KEPT);
  }

  problem(source: ProblemView['source'], error: PlainError, at: number): void {
    const [latest, ...earlier] = this.#problems;
    const isSame =
      latest?.source === source && latest.error.code === error.code && latest.error.message === error.message;
    this.#problems = isSame
      ? [{ ...latest, at, count: latest.count + 1 }, ...earlier]
      : [{ at, source, error, count: 1 }, ...this.#problems].slice(0, MAX_KEPT);
  }

  dismissProblems(): void {
    this.#problems = [];
  }

  get history(): readonly ThroughputSample[] {
    return this.#history;
  }

  /** Measures: to be called at a steady pace. @param at ms since 1970 */
  snapshot(at: number): { readonly snapshot: LiveSnapshot; readonly sample: ThroughputSample } {
    const place = this.#place();
    const { id, name, isSandbox, topic, bucket, prefix, pipelineGroup, archiverGroup } = place;
    const logEnds = new Map(this.#pipeline?.log?.map(({ partition, end }) => [partition, end]));
    const produced = logEnds.size === 0 ? null : [...logEnds.values()].reduce((sum, end) => sum + Number(end), 0);
    const producer = { messages: produced, ratePerSecond: this.#rates.producer.read(at, produced) };
    const pipelineSeen = this.#pipelineSeen();
    const archiverSeen = this.#archiverSeen();
    const groups = {
      pipeline: groupView(pipelineGroup, this.#isReadingAlong, pipelineSeen, logEnds, this.#rates.pipeline, at),
      archiver: groupView(archiverGroup, this.#isArchiving, archiverSeen, logEnds, this.#rates.archiver, at),
    };
    const sample = {
      at,
      producer: producer.ratePerSecond,
      pipeline: groups.pipeline.ratePerSecond,
      archiver: this.#isArchiving ? groups.archiver.ratePerSecond : null,
    };
    this.#history = [...this.#history.filter((point) => at - point.at < HISTORY_MS), sample];
    const snapshot: LiveSnapshot = {
      at,
      connection: { id, name, isSandbox, ...this.#connection },
      topic,
      moreTopics: moreTopics(place),
      bucket,
      prefix,
      archiver: this.#archiver,
      producer,
      groups,
      comparison: this.#comparison(),
      stages: this.#stages(at),
      uploads: this.#uploads,
      problems: this.#problems,
      messages: this.#pipeline?.latest.map(messageView) ?? [],
    };
    return { snapshot, sample };
  }

  get #isReadingAlong(): boolean {
    return this.#pipeline !== null && this.#place().pipelineGroup !== null;
  }

  get #isArchiving(): boolean {
    return !['stopped', 'failed'].includes(this.#archiver.state);
  }

  #pipelineSeen(): readonly PartitionSeen[] | null {
    if (this.#pipeline === null || this.#pipeline.partitions.length === 0) return null;
    return this.#pipeline.partitions.map(({ partition, position, tally }) => ({
      partition,
      position,
      messages: tally.state.messages,
    }));
  }

  /** While it does not run, what it has committed. */
  #archiverSeen(): readonly PartitionSeen[] | null {
    const running = this.#archiving?.partitions.filter(({ topic }) => topic === this.#place().topic) ?? [];
    if (running.length > 0) {
      return running.map(({ partition, position, tally }) => ({ partition, position, messages: tally.state.messages }));
    }
    const archived = this.#pipeline?.archived ?? [];
    return archived.length === 0
      ? null
      : archived.map(({ partition, offset, messages }) => ({ partition, position: offset, messages }));
  }

  #compare(partition: number, side: 'left' | 'right', report: TallyReport): void {
    let known = this.#comparisons.get(partition);
    const from = known?.[side];
    if (known === undefined || (from !== null && from !== undefined && from !== report.state.from)) {
      known = { comparison: new TallyComparison(), left: null, right: null };
      this.#comparisons.set(partition, known);
    }
    known[side] = report.state.from;
    if (side === 'left') known.comparison.reportLeft(report);
    else known.comparison.reportRight(report);
  }

  #comparison(): ComparisonView {
    const partitions = [...this.#comparisons]
      .sort(([a], [b]) => a - b)
      .map(([partition, { comparison }]) => comparisonView(partition, comparison));
    const verdicts = new Set(partitions.map(({ verdict }) => verdict));
    const verdict = verdicts.has('different') ? 'different' : verdicts.has('same') ? 'same' : 'waiting';
    return { verdict, partitions };
  }

  #stages(at: number): StagesView {
    const stages = this.#archiving?.stages;
    const stage = (name: keyof LiveRates['stages'], bytes: number | undefined) => ({
      bytes: bytes ?? 0,
      bytesPerSecond: this.#rates.stages[name].read(at, this.#isArchiving ? (bytes ?? null) : null),
    });
    return {
      records: stages?.records ?? 0,
      read: stage('read', stages === undefined ? undefined : bytesRead(stages)),
      raw: stage('raw', stages?.rawBytes),
      encoded: stage('encoded', stages?.encodedBytes),
      compressed: stage('compressed', stages?.compressedBytes),
      compressedFrom: stages?.compressedFromBytes ?? 0,
      encrypted: stage('encrypted', stages?.encryptedBytes),
      uploaded: stage('uploaded', stages?.uploadedBytes),
      uploadedFrom: stages?.uploadedFromBytes ?? 0,
      archives: stages?.archives ?? 0,
      reduction: stages?.reduction ?? null,
    };
  }
}

class LiveRates {
  readonly producer = new Rate();
  readonly pipeline = new Rate();
  readonly archiver = new Rate();
  readonly stages = {
    read: new Rate(),
    raw: new Rate(),
    encoded: new Rate(),
    compressed: new Rate(),
    encrypted: new Rate(),
    uploaded: new Rate(),
  };
}

/** As they came, whatever was left out of them. */
function bytesRead({ rawBytes, reduction }: ArchiverStatus['stages']): number {
  return rawBytes + (reduction?.droppedBytes ?? 0) + (reduction?.cutBytes ?? 0);
}

function groupView(
  groupId: string | null,
  running: boolean,
  seen: readonly PartitionSeen[] | null,
  logEnds: ReadonlyMap<number, bigint>,
  rate: Rate,
  at: number,
): GroupView {
  const inOrder = (seen ?? []).toSorted((a, b) => a.partition - b.partition);
  const partitions = inOrder.map(({ partition, position, messages }) => {
    const logEnd = logEnds.get(partition);
    const lag = logEnd === undefined ? null : Math.max(0, Number(logEnd - position));
    return {
      partition,
      messages: messages ?? 0,
      position: position.toString(),
      logEnd: logEnd?.toString() ?? null,
      lag,
    };
  });
  const isCounted = seen?.every(({ messages }) => messages !== null) ?? false;
  const messages = isCounted ? sum(partitions.map((each) => each.messages)) : null;
  const isMeasured = partitions.length > 0 && partitions.every(({ lag }) => lag !== null);
  return {
    groupId,
    running,
    messages,
    ratePerSecond: rate.read(at, running ? messages : null),
    lag: isMeasured ? sum(partitions.map(({ lag }) => lag ?? 0)) : null,
    partitions,
  };
}

function comparisonView(partition: number, comparison: TallyComparison): PartitionComparison {
  const { verdict, compared, firstDifference } = comparison.result;
  const stretch = (side: 'left' | 'right') =>
    compared === null
      ? null
      : { messages: compared[side].messages, digest: compared[side].digest.toString(16).padStart(16, '0') };
  return {
    partition,
    verdict,
    from: compared?.from.toString() ?? null,
    to: compared?.to.toString() ?? null,
    pipeline: stretch('left'),
    archiver: stretch('right'),
    firstDifference:
      firstDifference === null ? null : { from: firstDifference.from.toString(), to: firstDifference.to.toString() },
  };
}

function messageView({ partition, offset, timestamp, key, value, valueBytes }: LatestMessage): LiveMessage {
  return {
    partition,
    offset: offset.toString(),
    timestamp: timestamp.toString(),
    key: key === null ? null : textOrHex(key),
    value: value === null ? null : textOrHex(value),
    valueBytes,
  };
}

/** What is cut in the middle of a character still counts as text. */
function textOrHex(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const isBinary = text.slice(0, -1).includes('\uFFFD');
  return isBinary ? Buffer.from(bytes).toString('hex') : text.replace(/\uFFFD$/, '');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
