/** All archives under a prefix, by partition and life, told by a full listing: nothing is taken from a cache. */
import type { Coverage } from '../../store/coverage-metadata';
import { lifeBase, parseObjectName, type ObjectName } from '../../store/object-names';
import type { ListPage, ObjectStore, StoredObject } from '../../store/port';
import { describeArchive } from '../list';
import type { Finding } from './finding';

export interface ChainSelection {
  /** of the archives' names */
  readonly prefix: string;
  /** null: all */
  readonly topics: readonly string[] | null;
  /** null: all */
  readonly partitions: readonly number[] | null;
}

export interface ChainArchive {
  readonly object: StoredObject;
  readonly coverage: Coverage;
}

export interface Chain {
  readonly topic: string;
  readonly partition: number;
  readonly life: string;
  /** in the order of their offsets */
  readonly archives: readonly ChainArchive[];
  /** objects at a place of the chain whose metadata do not tell that they belong there */
  readonly findings: readonly Finding[];
}

/** In the order of topic, life and partition. @throws PermafrostError STORE_*; CANCELLED */
export async function listChains(
  store: ObjectStore,
  selection: ChainSelection,
  signal: AbortSignal,
): Promise<readonly Chain[]> {
  const chains = new Map<string, { name: ObjectName; archives: ChainArchive[]; findings: Finding[] }>();
  for await (const object of objectsOf(store, selection, signal)) {
    const name = parseObjectName(object.name, selection.prefix);
    if (name === null || !isSelected(name, selection)) continue;
    const key = `${name.topic}/${name.life}/${name.partition}`;
    const chain = chains.get(key) ?? { name, archives: [], findings: [] };
    chains.set(key, chain);
    const placed = archiveAt(name, object);
    if ('coverage' in placed) chain.archives.push(placed);
    else chain.findings.push(placed);
  }
  return [...chains.values()].map(({ name: { topic, partition, life }, archives, findings }) => ({
    ...{ topic, partition, life, findings },
    archives: archives.sort((a, b) => (a.coverage.firstOffset < b.coverage.firstOffset ? -1 : 1)),
  }));
}

async function* objectsOf(
  store: ObjectStore,
  { prefix, topics }: ChainSelection,
  signal: AbortSignal,
): AsyncGenerator<StoredObject, void, undefined> {
  const root = prefix === '' ? '' : `${prefix}/`;
  for (const start of topics === null ? [root] : topics.map((topic) => `${root}${topic}/`)) {
    let pageToken: string | null = null;
    do {
      const page: ListPage = await store.list({ prefix: start, ...(pageToken === null ? {} : { pageToken }), signal });
      yield* page.objects;
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
  }
}

function isSelected({ topic, partition }: ObjectName, { topics, partitions }: ChainSelection): boolean {
  return topics?.includes(topic) !== false && partitions?.includes(partition) !== false;
}

function archiveAt(name: ObjectName, object: StoredObject): ChainArchive | Finding {
  const described = describeArchive(object);
  if (described.kind !== 'archive') {
    const problem = 'problem' in described ? described.problem : 'It has no metadata of an archive.';
    return finding(name, object, 'unreadable', problem);
  }
  const { coverage } = described;
  const wrong = [
    ...(coverage.topic === name.topic ? [] : [`topic ${coverage.topic}`]),
    ...(coverage.partition === name.partition ? [] : [`partition ${coverage.partition}`]),
    ...(coverage.firstOffset === name.firstOffset ? [] : [`offset ${coverage.firstOffset}`]),
    ...(coverage.topicId === '' || coverage.topicId === lifeBase(name.life) ? [] : [`topic id ${coverage.topicId}`]),
  ];
  if (wrong.length === 0) return { object, coverage };
  return finding(name, object, 'misplaced', `Its metadata are those of another archive: ${wrong.join(', ')}.`);
}

function finding(name: ObjectName, object: StoredObject, kind: 'unreadable' | 'misplaced', cause: string): Finding {
  const { topic, partition, life, firstOffset } = name;
  return {
    ...{ kind, topic, partition, life, firstOffset, nextOffset: firstOffset, object: object.name, cause },
    meaning: 'The offsets from there to the next archive count as missing; the object itself may still open.',
  };
}
