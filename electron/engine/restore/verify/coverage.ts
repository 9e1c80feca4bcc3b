/**
 * A chain beside Kafka's log, told by metadata alone: one stretch after the other, from offset 0 to the log's end, and
 * what is wrong with them.
 */
import type { Holes, StretchKind } from '../../../../shared/model/verify';
import type { Chain, ChainArchive } from './chains';
import type { Finding } from './finding';

/** A partition's log as Kafka has it now. */
export interface LogView {
  readonly earliest: bigint;
  /** exclusive */
  readonly end: bigint;
  /** of the archiver's group; null: none */
  readonly committed: bigint | null;
}

export interface Stretch {
  readonly kind: StretchKind;
  /** inclusive */
  readonly firstOffset: bigint;
  /** exclusive */
  readonly nextOffset: bigint;
  readonly archives: number;
  readonly records: number;
  readonly holes: Holes;
}

export interface ChainCoverage {
  readonly stretches: readonly Stretch[];
  readonly findings: readonly Finding[];
}

const NO_HOLES: Holes = { control: 0, aborted: 0, dropped: 0, corrupt: 0, compacted: 0 };

/** @param log null for a life that is over, and where Kafka was not asked */
export function coverageOf(chain: Chain, log: LogView | null): ChainCoverage {
  const stretches: Stretch[] = [];
  const findings: Finding[] = [...chain.findings];
  const tell = (kind: StretchKind, firstOffset: bigint, nextOffset: bigint): void => {
    stretches.push({ kind, firstOffset, nextOffset, archives: 0, records: 0, holes: NO_HOLES });
  };
  const miss = (firstOffset: bigint, nextOffset: bigint, cause: string): void => {
    tell('missing', firstOffset, nextOffset);
    findings.push(missing(chain, firstOffset, nextOffset, cause, log));
  };
  let next = 0n;
  for (const [index, archive] of chain.archives.entries()) {
    const { firstOffset, nextOffset } = archive.coverage;
    if (firstOffset > next) {
      if (index === 0) tell('no-longer-kept', 0n, firstOffset);
      else miss(next, firstOffset, 'No archive covers these offsets, and there are some on both sides.');
    }
    if (firstOffset < next) {
      tell('overlapping', firstOffset, nextOffset < next ? nextOffset : next);
      findings.push(overlapping(chain, archive, next));
    }
    join(stretches, stretchOf(archive, firstOffset < next ? next : firstOffset));
    if (nextOffset > next) next = nextOffset;
  }
  if (log !== null) {
    const { committed, earliest, end } = log;
    if (committed !== null && committed > next) {
      miss(next, committed, 'The archiver committed them as archived, and no archive covers them.');
      next = committed;
    }
    const readable = earliest > next ? (earliest < end ? earliest : end) : next;
    if (readable > next) {
      tell('not-recorded', next, readable);
      if (chain.archives.length > 0) findings.push(expired(chain, next, readable));
    }
    if (end > readable) tell('not-yet-archived', readable, end);
  }
  return { stretches, findings };
}

/** What an archive adds behind `from`: archives that follow one another are one stretch. */
function stretchOf({ coverage }: ChainArchive, from: bigint): Stretch {
  const { nextOffset, records, control, aborted, dropped, corrupt, gap } = coverage;
  const offsets = Number(nextOffset - coverage.firstOffset);
  const compacted = gap === null ? offsets - records - control - aborted - dropped - corrupt : 0;
  return {
    kind: gap ?? 'archived',
    firstOffset: from,
    nextOffset: nextOffset > from ? nextOffset : from,
    archives: 1,
    records,
    holes: { control, aborted, dropped, corrupt, compacted },
  };
}

function join(stretches: Stretch[], added: Stretch): void {
  const last = stretches.at(-1);
  if (last?.kind !== added.kind || last.nextOffset !== added.firstOffset) {
    stretches.push(added);
    return;
  }
  stretches[stretches.length - 1] = {
    ...last,
    nextOffset: added.nextOffset,
    archives: last.archives + added.archives,
    records: last.records + added.records,
    holes: {
      control: last.holes.control + added.holes.control,
      aborted: last.holes.aborted + added.holes.aborted,
      dropped: last.holes.dropped + added.holes.dropped,
      corrupt: last.holes.corrupt + added.holes.corrupt,
      compacted: last.holes.compacted + added.holes.compacted,
    },
  };
}

function missing(
  { topic, partition, life }: Chain,
  firstOffset: bigint,
  nextOffset: bigint,
  cause: string,
  log: LogView | null,
): Finding {
  const place = { topic, partition, life, firstOffset, nextOffset, object: null };
  return { kind: 'missing', ...place, cause, meaning: whereElse(firstOffset, nextOffset, log) };
}

function whereElse(firstOffset: bigint, nextOffset: bigint, log: LogView | null): string {
  if (log === null) return 'Those records are not in this archive, and whether they are elsewhere is not known.';
  if (log.earliest <= firstOffset) return 'Kafka still holds them: they can be archived again.';
  if (log.earliest >= nextOffset) return 'Kafka holds them no longer: those records are lost.';
  return `Kafka holds those from offset ${log.earliest} on: the ones before are lost.`;
}

function overlapping({ topic, partition, life }: Chain, { object, coverage }: ChainArchive, next: bigint): Finding {
  const { firstOffset, nextOffset } = coverage;
  return {
    ...{ kind: 'overlapping', topic, partition, life, firstOffset, object: object.name },
    nextOffset: nextOffset < next ? nextOffset : next,
    cause: 'The archive before it covers these offsets as well.',
    meaning: 'Nothing is lost; a restore refuses the partition, since it would write those records twice.',
  };
}

function expired({ topic, partition, life }: Chain, firstOffset: bigint, nextOffset: bigint): Finding {
  return {
    ...{ kind: 'expired', topic, partition, life, firstOffset, nextOffset, object: null },
    cause: 'Kafka deleted them by the retention of the topic before they were archived.',
    meaning: 'Those records are lost. The archiver tells them as a gap when it goes on.',
  };
}
