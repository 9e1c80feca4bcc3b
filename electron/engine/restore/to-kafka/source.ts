/** The archives that a selection is restored from, found by their names and metadata. */
import { PermafrostError } from '../../../../shared/errors';
import type { Coverage } from '../../store/coverage-metadata';
import { lifeBase, lifeTruncations, parseObjectName, type ObjectName } from '../../store/object-names';
import type { ListPage, ObjectStore, StoredObject } from '../../store/port';
import { describeArchive } from '../list';
import { mayHold, type RestoreSelection } from './selection';

export interface SourceArchive {
  readonly object: StoredObject;
  readonly coverage: Coverage;
}

/** Offsets that no archive covers, between two that are there. */
export interface MissingStretch {
  readonly partition: number;
  readonly firstOffset: bigint;
  /** exclusive */
  readonly nextOffset: bigint;
}

export interface SourcePartition {
  readonly partition: number;
  /** the life that is taken */
  readonly life: string;
  /** in the order of their offsets, without those that hold nothing of the selection */
  readonly archives: readonly SourceArchive[];
}

export interface RestoreSource {
  readonly topic: string;
  /** topic id, or what stands for it, without truncations */
  readonly life: string;
  /** others that lie in the bucket and are not restored */
  readonly otherLives: readonly string[];
  readonly partitions: readonly SourcePartition[];
  readonly missing: readonly MissingStretch[];
  /** how many partitions the archives tell of: the highest one and those below */
  readonly partitionCount: number;
}

interface Found {
  readonly name: ObjectName;
  readonly object: StoredObject;
}

/**
 * @throws PermafrostError STORE_NOT_FOUND when there is nothing of the topic, the life or the partitions; CHAIN_BROKEN when two archives
 * cover the same offsets; NOT_AN_ARCHIVE, ARCHIVE_DAMAGED when metadata do not hold; STORE_*; CANCELLED
 */
export async function findSource(
  store: ObjectStore,
  selection: RestoreSelection,
  signal?: AbortSignal,
): Promise<RestoreSource> {
  const found = await listTopic(store, selection, signal);
  if (found.length === 0 && selection.mayBeEmpty) return nothingOf(selection);
  if (found.length === 0) throw nothingThere(store, selection, 'there are no archives of it');
  const { life, taken } = chooseLife(found, selection, store);
  const partitions: SourcePartition[] = [];
  const missing: MissingStretch[] = [];
  for (const [partition, objects] of byPartition(taken)) {
    if (selection.partitions?.includes(partition) === false) continue;
    const chain = latestOf(objects, selection.life);
    const all = chain.map(({ object }) => ({ object, coverage: coverageOf(object) }));
    missing.push(...stretchesMissing(partition, all, selection));
    partitions.push({
      partition,
      life: chain[0]?.name.life ?? life,
      archives: all.filter(({ object, coverage }) => isChosen(object, selection) && mayHold(selection, coverage)),
    });
  }
  if (partitions.length === 0 && !selection.mayBeEmpty)
    throw nothingThere(store, selection, 'there are no archives of these partitions');
  partitions.sort((a, b) => a.partition - b.partition);
  const used = new Set(partitions.map((each) => each.life));
  const otherLives = [...new Set(found.map(({ name }) => name.life))].filter((each) => !used.has(each)).sort();
  const partitionCount = Math.max(-1, ...taken.map(({ name }) => name.partition)) + 1;
  return { topic: selection.topic, life, otherLives, partitions, missing, partitionCount };
}

function nothingOf({ topic, life }: RestoreSelection): RestoreSource {
  return { topic, life: life ?? '', otherLives: [], partitions: [], missing: [], partitionCount: 0 };
}

async function listTopic(
  store: ObjectStore,
  { prefix, topic }: RestoreSelection,
  signal: AbortSignal | undefined,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  let pageToken: string | null = null;
  do {
    const page: ListPage = await store.list({
      prefix: `${prefix === '' ? '' : `${prefix}/`}${topic}/`,
      ...(pageToken === null ? {} : { pageToken }),
      ...(signal === undefined ? {} : { signal }),
    });
    for (const object of page.objects) {
      const name = parseObjectName(object.name, prefix);
      if (name?.topic === topic) found.push({ name, object });
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  return found;
}

/** The one that is asked for, or the one that was written to last. */
function chooseLife(
  found: readonly Found[],
  selection: RestoreSelection,
  store: ObjectStore,
): { readonly life: string; readonly taken: readonly Found[] } {
  if (selection.life === null) {
    const newest = found.reduce((best, each) => (each.object.createdAt > best.object.createdAt ? each : best));
    const life = lifeBase(newest.name.life);
    return { life, taken: found.filter(({ name }) => lifeBase(name.life) === life) };
  }
  const wanted = selection.life;
  const taken = found.filter(({ name }) => name.life === wanted || lifeBase(name.life) === wanted);
  if (taken.length > 0 || selection.mayBeEmpty) return { life: lifeBase(wanted), taken };
  const lives = [...new Set(found.map(({ name }) => name.life))].join(', ');
  throw nothingThere(store, selection, `there is no life ${wanted} of it, only ${lives}`);
}

function byPartition(found: readonly Found[]): ReadonlyMap<number, readonly Found[]> {
  const partitions = new Map<number, Found[]>();
  for (const each of found) {
    const known = partitions.get(each.name.partition);
    if (known === undefined) partitions.set(each.name.partition, [each]);
    else known.push(each);
  }
  return partitions;
}

/** What was archived behind the last truncation of the partition's log, unless another life is asked for by its whole name. */
function latestOf(found: readonly Found[], wanted: string | null): readonly Found[] {
  const isNamed = wanted?.includes('~') === true;
  const truncations = ({ name }: Found): number => lifeTruncations(name.life);
  const latest = Math.max(...found.map(truncations));
  return found
    .filter((each) => (isNamed ? each.name.life === wanted : truncations(each) === latest))
    .sort((a, b) => (a.name.firstOffset < b.name.firstOffset ? -1 : 1));
}

function coverageOf(object: StoredObject): Coverage {
  const described = describeArchive(object);
  if (described.kind === 'archive') return described.coverage;
  const why = described.kind === 'unreadable' ? described.problem : `${object.name} has no metadata of Permafrost.`;
  throw new PermafrostError('ARCHIVE_DAMAGED', `${why} Nothing of its partition can be restored as it was archived.`, {
    context: { object: object.name },
  });
}

function isChosen({ name }: StoredObject, { archives }: RestoreSelection): boolean {
  return archives === null || archives.includes(name);
}

function stretchesMissing(
  partition: number,
  archives: readonly SourceArchive[],
  selection: RestoreSelection,
): readonly MissingStretch[] {
  const missing: MissingStretch[] = [];
  let next = archives[0]?.coverage.firstOffset ?? 0n;
  for (const { object, coverage } of archives) {
    if (coverage.firstOffset < next) throw overlapping(object, next);
    if (coverage.firstOffset > next) missing.push({ partition, firstOffset: next, nextOffset: coverage.firstOffset });
    next = coverage.nextOffset;
  }
  const { fromOffset, untilOffset } = selection;
  return missing.filter(
    (stretch) =>
      (fromOffset === null || stretch.nextOffset > fromOffset) &&
      (untilOffset === null || stretch.firstOffset < untilOffset),
  );
}

function overlapping({ name }: StoredObject, next: bigint): PermafrostError {
  return new PermafrostError(
    'CHAIN_BROKEN',
    `${name} begins before offset ${next}, where the archive before it ends: some records would be restored twice. Verify the archives of this partition.`,
    { context: { object: name, offset: next.toString() } },
  );
}

function nothingThere(store: ObjectStore, { topic, prefix }: RestoreSelection, why: string): PermafrostError {
  return new PermafrostError(
    'STORE_NOT_FOUND',
    `Topic ${topic} cannot be restored from ${store.location}/${prefix}: ${why}.`,
    { context: { topic } },
  );
}
