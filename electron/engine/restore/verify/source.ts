/** What Kafka still holds of archives, read again and compared record by record. No group is joined, nothing committed. */
import { isReductionOff } from '../../../../shared/model/reduction-syntax';
import { NO_REDUCTION, type Reduction } from '../../../../shared/model/reduction';
import { asPermafrostError } from '../../../../shared/errors';
import { OpenSegment } from '../../archive/open-segment';
import type { KafkaAdmin } from '../../kafka/admin';
import type { Cluster } from '../../kafka/kafkajs-types';
import { readPartition } from '../../kafka/partition-reader';
import { crcMatches, recordBatches } from '../../kafka/record-batch';
import { TransactionFilter } from '../../kafka/transactions';
import { ruleDigest } from '../../reduce/rule-digest';
import type { VerifiedArchive } from '../verified-archive';
import type { Chain, ChainArchive } from './chains';
import { compareLines, offsetOfLine, type LineComparison, type LineDifference } from './compare-lines';
import type { LogView } from './coverage';
import type { Finding } from './finding';

export interface SourceParts {
  readonly cluster: Cluster;
  readonly admin: KafkaAdmin;
  /** the rule that reduced archives were made by */
  readonly reduction: Reduction;
  readonly signal: AbortSignal;
}

/** How one archive stands beside Kafka. */
export interface SourceComparison {
  /** records that are equal */
  readonly equal: number;
  /** records of the archive that Kafka has deleted or compacted away since */
  readonly gone: number;
  /** why it could not be compared; null when it was */
  readonly incomparable: 'life' | 'rule' | null;
  readonly findings: readonly Finding[];
}

/** lines of Kafka's records are made in portions of about so many bytes */
const PORTION_BYTES = 4 * 1024 * 1024;
/** Kafka may delete what is being read: then the rest is read */
const MAX_TRIES = 4;
/** of one archive */
const MAX_FINDINGS = 100;
const LINE_FEED = 0x0a;

export class SourceComparer {
  readonly #parts: SourceParts;
  readonly #compacted = new Map<string, Promise<boolean>>();

  constructor(parts: SourceParts) {
    this.#parts = parts;
  }

  /**
   * @param log of the chain's partition; null when Kafka has another topic or log of that name by now
   * @throws PermafrostError KAFKA_*; CANCELLED; what reading the archive throws
   */
  async compare(
    chain: Chain,
    archive: ChainArchive,
    loaded: VerifiedArchive,
    log: LogView | null,
  ): Promise<SourceComparison> {
    const { coverage } = archive;
    if (log === null) return { ...NOT_COMPARED, incomparable: 'life' };
    const reduction = this.#ruleOf(coverage.reduction);
    if (reduction === null) return { ...NOT_COMPARED, incomparable: 'rule' };
    let { earliest } = log;
    for (let attempt = 1; ; attempt += 1) {
      const from = earliest > coverage.firstOffset ? earliest : coverage.firstOffset;
      if (from >= coverage.nextOffset) return { ...NOT_COMPARED, gone: coverage.records };
      // what a rule remembers goes back to the archive's first record
      if (coverage.reduction !== null && from > coverage.firstOffset) return { ...NOT_COMPARED, incomparable: 'rule' };
      try {
        return await this.#compareFrom(from, chain, archive, loaded, reduction);
      } catch (thrown) {
        const error = asPermafrostError(thrown);
        if (error.context['protocolError'] !== 'OFFSET_OUT_OF_RANGE' || attempt === MAX_TRIES) throw error;
        const ranges = await this.#parts.admin.logRanges(chain.topic);
        earliest = ranges.find(({ partition }) => partition === chain.partition)?.earliest ?? earliest;
      }
    }
  }

  /** @returns null when it is another one than was given */
  #ruleOf(digest: string | null): Reduction | null {
    if (digest === null) return NO_REDUCTION;
    const { reduction } = this.#parts;
    return !isReductionOff(reduction) && ruleDigest(reduction) === digest ? reduction : null;
  }

  async #compareFrom(
    from: bigint,
    chain: Chain,
    archive: ChainArchive,
    loaded: VerifiedArchive,
    reduction: Reduction,
  ): Promise<SourceComparison> {
    const { coverage } = archive;
    const range = { from, to: coverage.nextOffset };
    const before = { records: 0 };
    const compared = await compareLines(linesFrom(loaded, from, before), this.#linesOf(chain, range, reduction));
    const isCompacted = compared.onlyArchive > 0 && (await this.#isCompacted(chain.topic));
    return {
      equal: compared.equal,
      gone: before.records + (isCompacted ? compared.onlyArchive : 0),
      incomparable: null,
      findings: findingsOf(compared, isCompacted, chain, archive),
    };
  }

  /** Kafka's records as an archive of theirs would have them. */
  async *#linesOf(
    { topic, partition }: Chain,
    range: { readonly from: bigint; readonly to: bigint },
    reduction: Reduction,
  ): AsyncGenerator<Buffer, void, undefined> {
    const open = (offset: bigint): OpenSegment =>
      new OpenSegment({ clusterId: '', topic, topicId: '', partition }, offset, { ...PLAIN, reduction }, 0);
    // what a rule remembers begins anew with each archive: such a one is made in one portion
    const isReduced = !isReductionOff(reduction);
    let segment = open(range.from);
    try {
      for await (const set of readPartition(this.#parts.cluster, { topic, partition }, range, this.#parts.signal)) {
        const transactions = new TransactionFilter(set.abortedTransactions);
        for (const batch of recordBatches(set.recordSet)) {
          if (batch.baseOffset >= range.to) break;
          const end = batch.lastOffset < range.to ? batch.lastOffset + 1n : range.to;
          if (crcMatches(batch)) segment.add(batch, transactions.classify(batch), end);
          else {
            transactions.pass(batch);
            segment.addCorrupt(batch, end);
          }
        }
        if (isReduced || segment.progress.encodedBytes < PORTION_BYTES) continue;
        const { position } = segment;
        yield await linesIn(segment);
        segment = open(position);
      }
      yield await linesIn(segment);
    } finally {
      segment.discard();
    }
  }

  #isCompacted(topic: string): Promise<boolean> {
    const known = this.#compacted.get(topic) ?? this.#parts.admin.isCompacted(topic);
    this.#compacted.set(topic, known);
    return known;
  }
}

/** of an archive that was not looked at beside Kafka */
export const NOT_COMPARED: SourceComparison = { equal: 0, gone: 0, incomparable: null, findings: [] };
const PLAIN = { codec: 'none', level: 0, recipients: [] } as const;

async function linesIn(segment: OpenSegment): Promise<Buffer> {
  const { segment: sealed } = await segment.close();
  return Buffer.concat(sealed.body);
}

/** The archive's lines from an offset on. @param before counts the records that are left out */
async function* linesFrom(
  loaded: VerifiedArchive,
  from: bigint,
  before: { records: number },
): AsyncGenerator<Buffer, void, undefined> {
  let index = 0;
  for await (const block of loaded.lines()) {
    const { firstOffset = null, lastOffset = null, records = 0 } = loaded.blocks[index] ?? {};
    index += 1;
    if (firstOffset !== null && firstOffset >= from) yield block;
    else if (lastOffset !== null && lastOffset < from) before.records += records;
    else yield block.subarray(skipBefore(block, from, before));
  }
}

function skipBefore(block: Buffer, from: bigint, before: { records: number }): number {
  let at = 0;
  while (at < block.length && offsetOfLine(block, at) < from) {
    at = block.indexOf(LINE_FEED, at) + 1;
    before.records += 1;
  }
  return at;
}

const WHAT: Readonly<Record<LineDifference['what'], string>> = {
  archive: 'The archive has a record that Kafka does not have, although its log begins before it.',
  kafka: 'Kafka has a record that the archive does not have.',
  kind: 'Kafka has a batch that cannot be read where the archive has a record.',
  timestamp: 'The timestamp in the archive is another one than in Kafka.',
  key: 'The key in the archive is another one than in Kafka.',
  value: 'The value in the archive is another one than in Kafka.',
  headers: 'The headers in the archive are others than in Kafka.',
};

function findingsOf(
  { differences, differenceCount, onlyArchive }: LineComparison,
  isCompacted: boolean,
  { topic, partition, life }: Chain,
  { object, coverage }: ChainArchive,
): readonly Finding[] {
  const grave = differences.filter(({ what }) => what !== 'archive' || !isCompacted);
  const place = { topic, partition, life, object: object.name };
  const findings = grave.slice(0, MAX_FINDINGS).map(({ offset, what }): Finding => ({
    ...place,
    kind: what === 'archive' ? 'not-in-kafka' : what === 'kafka' ? 'not-archived' : 'differs',
    firstOffset: offset,
    nextOffset: offset + 1n,
    cause: WHAT[what],
    meaning: 'One of the two was changed since, or the archive was made from another log.',
  }));
  const more = differenceCount - (isCompacted ? onlyArchive : 0) - findings.length;
  if (more <= 0) return findings;
  const { firstOffset, nextOffset } = coverage;
  const cause = `${more.toLocaleString('en')} more of its records are not as in Kafka.`;
  return [
    ...findings,
    { ...place, kind: 'differs', firstOffset, nextOffset, cause, meaning: 'Only the first ones are named.' },
  ];
}
