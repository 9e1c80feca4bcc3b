/** Proves what is in a bucket: that nothing is missing in its chains, and that their archives hold. */
import { PermafrostError } from '../../../../shared/errors';
import type { Reduction } from '../../../../shared/model/reduction';
import type { Identity } from '../../keys/identity';
import { KafkaAdmin } from '../../kafka/admin';
import { connectCluster } from '../../kafka/client';
import type { Kafka } from '../../kafka/kafkajs-types';
import { lifeBase } from '../../store/object-names';
import type { ObjectStore } from '../../store/port';
import { listChains, type Chain, type ChainArchive, type ChainSelection } from './chains';
import { checkContent, type ComparedSource, type PlacedArchive } from './content';
import { coverageOf, type ChainCoverage, type LogView, type Stretch } from './coverage';
import type { Finding } from './finding';
import { fetchLogs, logOf, type TopicLogs } from './log-views';
import { choosePart, type Part } from './part';
import { SourceComparer } from './source';

export interface CoverageOptions extends ChainSelection {
  /** null: the chains alone are looked at */
  readonly kafka: Kafka | null;
  /** of the archiver */
  readonly groupId: string;
  readonly signal: AbortSignal;
}

export interface VerifyOptions extends CoverageOptions {
  /** null: the content is not looked at */
  readonly content: {
    readonly part: Part | null;
    /** what Kafka still holds of each archive is compared with it, those that a rule reduced by this one; null: it is not */
    readonly source: { readonly reduction: Reduction } | null;
  } | null;
  /** all private keys at hand */
  readonly identities: readonly Identity[];
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface VerifiedChain {
  readonly topic: string;
  readonly partition: number;
  readonly life: string;
  /** null for a life that is over, and where Kafka was not asked */
  readonly log: LogView | null;
  readonly stretches: readonly Stretch[];
  readonly archives: number;
  readonly records: number;
  readonly storedBytes: number;
  /** some of its archives leave records out on purpose */
  readonly isReduced: boolean;
}

export interface Verification {
  /** where the archives lie */
  readonly location: string;
  readonly prefix: string;
  readonly chains: readonly VerifiedChain[];
  readonly findings: readonly Finding[];
  readonly isKafkaAsked: boolean;
  /** null when it was not looked at */
  readonly content: ContentShare | null;
}

/** How much of all that the selection has was read and holds. */
export interface ContentShare {
  readonly part: Part | null;
  readonly archives: number;
  readonly ofArchives: number;
  readonly records: number;
  readonly ofRecords: number;
  readonly storedBytes: number;
  readonly ofStoredBytes: number;
  /** null when it was not compared with Kafka */
  readonly source: ComparedSource | null;
}

/**
 * Reads only: nothing in the bucket or in Kafka changes.
 * @throws PermafrostError STORE_NOT_FOUND, also when there is nothing to verify; STORE_DENIED, STORE_UNAVAILABLE; KAFKA_UNAVAILABLE, KAFKA_REFUSED; CANCELLED
 */
export async function verify(store: ObjectStore, options: VerifyOptions): Promise<Verification> {
  const told = await coverChains(store, options);
  const content = options.content === null ? null : await contentOf(store, told, options.content, options);
  return {
    location: store.location,
    prefix: options.prefix,
    chains: told.map(({ chain, log, stretches }) => ({ ...facts(chain), log, stretches })),
    findings: [...told.flatMap(({ findings }) => findings), ...(content?.findings ?? [])],
    isKafkaAsked: options.kafka !== null,
    content: content?.share ?? null,
  };
}

export interface CoveredChain extends ChainCoverage {
  readonly chain: Chain;
  /** null for a life that is over, and where Kafka was not asked */
  readonly log: LogView | null;
}

/** The chains alone, each beside its log. @throws as `verify` */
export async function coverChains(store: ObjectStore, options: CoverageOptions): Promise<readonly CoveredChain[]> {
  const found = await listChains(store, options, options.signal);
  assertSomething(store, found, options);
  const logs = await logsOf(found, options);
  const chains = [...found, ...withoutArchives(found, logs, options)];
  return chains.map((chain) => {
    const log = logOf(chain, chains, logs);
    return { chain, log, ...coverageOf(chain, log) };
  });
}

/** A mistyped name must not look like a proof. */
function assertSomething(store: ObjectStore, found: readonly Chain[], { prefix, topics }: ChainSelection): void {
  const place = prefix === '' ? store.location : `${store.location}/${prefix}`;
  const nameless = topics?.find((topic) => !found.some((chain) => chain.topic === topic));
  if (found.length > 0 && nameless === undefined) return;
  throw new PermafrostError(
    'STORE_NOT_FOUND',
    `There are no archives${nameless === undefined ? '' : ` of topic ${nameless}`} under ${place}. Check the prefix${nameless === undefined ? '' : ' and the name'}.`,
    { context: { location: store.location } },
  );
}

async function logsOf(
  chains: readonly Chain[],
  { kafka, groupId, topics }: CoverageOptions,
): Promise<ReadonlyMap<string, TopicLogs>> {
  if (kafka === null) return new Map();
  return fetchLogs(kafka, topics ?? [...new Set(chains.map(({ topic }) => topic))], groupId);
}

/** Partitions that Kafka has and that no archive is of. */
function withoutArchives(
  found: readonly Chain[],
  logs: ReadonlyMap<string, TopicLogs>,
  { partitions: wanted }: CoverageOptions,
): readonly Chain[] {
  return [...logs].flatMap(([topic, { life, partitions }]) =>
    [...partitions.keys()]
      .filter((partition) => wanted?.includes(partition) !== false)
      .filter(
        (partition) =>
          !found.some(
            (chain) => chain.topic === topic && chain.partition === partition && lifeBase(chain.life) === life,
          ),
      )
      .map((partition) => ({ topic, partition, life, archives: [], findings: [] })),
  );
}

function facts(chain: Chain): Omit<VerifiedChain, 'log' | 'stretches'> {
  const { topic, partition, life, archives } = chain;
  return {
    ...{ topic, partition, life, archives: archives.length },
    records: archives.reduce((sum, { coverage }) => sum + coverage.records, 0),
    storedBytes: archives.reduce((sum, { object }) => sum + object.size, 0),
    isReduced: archives.some(({ coverage }) => coverage.reduction !== null),
  };
}

async function contentOf(
  store: ObjectStore,
  covered: readonly CoveredChain[],
  { part, source }: NonNullable<VerifyOptions['content']>,
  options: VerifyOptions,
): Promise<{ readonly share: ContentShare; readonly findings: readonly Finding[] }> {
  const { identities, signal, onProgress } = options;
  const all = covered.flatMap(({ chain }) => chain.archives.map((archive): PlacedArchive => ({ chain, archive })));
  const chosen = choosePart(all, part, ({ archive }) => archive.object);
  const total = recordsOf(chosen);
  let done = 0;
  onProgress({ done, total });
  const onChecked = ({ coverage }: ChainArchive): void => {
    done += coverage.records;
    onProgress({ done, total });
  };
  const logOf = (chain: Chain): LogView | null => covered.find((each) => each.chain === chain)?.log ?? null;
  const checked = await withComparer(source, options, (comparer) =>
    checkContent(store, chosen, {
      ...{ identities, signal, onChecked },
      source: comparer === null ? null : { comparer, logOf },
    }),
  );
  const { archives, records, storedBytes, findings } = checked;
  const share = {
    ...{ part, archives, records, storedBytes },
    ofArchives: all.length,
    ofRecords: recordsOf(all),
    ofStoredBytes: all.reduce((sum, { archive }) => sum + archive.object.size, 0),
    source: source === null ? null : checked.source,
  };
  return { share, findings };
}

async function withComparer<Value>(
  source: { readonly reduction: Reduction } | null,
  { kafka, signal }: VerifyOptions,
  work: (comparer: SourceComparer | null) => Promise<Value>,
): Promise<Value> {
  if (source === null) return work(null);
  if (kafka === null) throw new PermafrostError('INPUT_INVALID', 'Kafka is needed to compare the archives with it.');
  const admin = await KafkaAdmin.connect(kafka);
  try {
    const cluster = await connectCluster(kafka);
    try {
      return await work(new SourceComparer({ cluster, admin, reduction: source.reduction, signal }));
    } finally {
      await cluster.disconnect();
    }
  } finally {
    await admin.close();
  }
}

function recordsOf(archives: readonly PlacedArchive[]): number {
  return archives.reduce((sum, { archive }) => sum + archive.coverage.records, 0);
}
