/** What is missing in chains, and what of it Kafka still has: told before anything is written. */
import { isReductionOff } from '../../../../shared/model/reduction-syntax';
import type { Reduction } from '../../../../shared/model/reduction';
import { holds } from '../../archive/start-position';
import type { Cluster } from '../../kafka/kafkajs-types';
import { fetchEpochEnd } from '../../kafka/leader-epochs';
import { ruleDigest } from '../../reduce/rule-digest';
import type { Chain } from '../verify/chains';
import type { LogView, Stretch } from '../verify/coverage';
import type { CoveredChain } from '../verify/verify';

/** One stretch of a chain that no archive covers. */
export interface MissingStretch {
  readonly topic: string;
  readonly partition: number;
  readonly life: string;
  readonly firstOffset: bigint;
  /** exclusive */
  readonly nextOffset: bigint;
  /** Kafka has it from there on; null: nothing of it */
  readonly readableFrom: bigint | null;
  /** of the batches behind it, which cannot be younger; -1 when not known */
  readonly leaderEpochBehind: number;
  /** why it cannot be archived again, in a sentence; null: it can */
  readonly refusal: string | null;
}

export interface PlanTerms {
  /** what the archives to be leave out */
  readonly reduction: Reduction;
  /** archives everything, whatever the others of the chain leave out */
  readonly keepAll: boolean;
}

/** @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
export async function planRepair(
  cluster: Cluster,
  chains: readonly CoveredChain[],
  terms: PlanTerms,
): Promise<readonly MissingStretch[]> {
  const planned: MissingStretch[] = [];
  for (const covered of chains) {
    const missing = covered.stretches.filter(({ kind }) => kind === 'missing');
    if (missing.length === 0) continue;
    const ofChain = await chainRefusal(cluster, covered);
    for (const stretch of missing) planned.push(planStretch(covered, stretch, ofChain, terms));
  }
  return planned;
}

function planStretch(
  { chain, log }: CoveredChain,
  { firstOffset, nextOffset }: Stretch,
  ofChain: string | null,
  terms: PlanTerms,
): MissingStretch {
  const { topic, partition, life } = chain;
  const readableFrom = log === null ? null : readableIn(log, firstOffset, nextOffset);
  const behind = chain.archives.find(({ coverage }) => coverage.firstOffset >= nextOffset);
  const refusal =
    ofChain ??
    (readableFrom === null ? 'Kafka no longer has any of it: those records are lost.' : null) ??
    reductionRefusal(chain, firstOffset, terms);
  const place = { topic, partition, life, firstOffset, nextOffset };
  return { ...place, readableFrom, leaderEpochBehind: behind?.coverage.leaderEpoch ?? -1, refusal };
}

function readableIn({ earliest, end }: LogView, firstOffset: bigint, nextOffset: bigint): bigint | null {
  if (earliest >= nextOffset || end < nextOffset) return null;
  return earliest > firstOffset ? earliest : firstOffset;
}

/** Whether Kafka's log is the one that the chain was made from. */
async function chainRefusal(cluster: Cluster, { chain, log }: CoveredChain): Promise<string | null> {
  if (log === null) return 'Kafka no longer has the topic that these archives are from, or its log was cut since.';
  const { topic, partition } = chain;
  const last = chain.archives.at(-1)?.coverage;
  if (last === undefined) return null;
  const kafka = {
    logRange: () => Promise.resolve({ partition, earliest: log.earliest, end: log.end }),
    committed: null,
    epochEnd: (epoch: number) => fetchEpochEnd(cluster, { topic, partition }, epoch),
  };
  if (await holds(kafka, { position: last.nextOffset, leaderEpoch: last.leaderEpoch })) return null;
  return "Kafka's log was cut below what is archived: what it has at these offsets now may be something else.";
}

function reductionRefusal(chain: Chain, firstOffset: bigint, { reduction, keepAll }: PlanTerms): string | null {
  if (keepAll) return null;
  const records = chain.archives.filter(({ coverage }) => coverage.gap === null);
  const beside = records.filter(({ coverage }) => coverage.nextOffset <= firstOffset).at(-1) ?? records.at(0);
  if (beside === undefined) return null;
  const rule = isReductionOff(reduction) ? null : ruleDigest(reduction);
  if (beside.coverage.reduction === rule) return null;
  return beside.coverage.reduction === null
    ? 'The archives beside it keep everything, and the settings leave records out.'
    : 'The archives beside it leave records out by another rule than the settings do.';
}
