/** The rows of the Topics screen: what Kafka told, joined with what is being chosen; filtered and in their order. */
import type { ListedTopic, TopicsView } from '../../shared/model/topic';
import { chooser, wholeName, type ChosenBy, type TopicChoice } from '../../shared/model/topic-choice';
import { topicWarnings, type TopicWarning } from '../../shared/model/topic-warnings';
import type { ChoiceChange } from '../format/topic-words';

export interface TopicLine {
  readonly name: string;
  /** null: chosen, and Kafka does not name it */
  readonly topic: ListedTopic | null;
  /** by what is being chosen */
  readonly chosen: ChosenBy | null;
  /** by what is in force */
  readonly isSaved: boolean;
  /** why it can't be taken out here; null when it can */
  readonly fixedBecause: string | null;
  /** worst first */
  readonly warnings: readonly TopicWarning[];
}

export type TopicColumn = 'name' | 'partitions' | 'replicas' | 'size' | 'keeping' | 'lag' | 'behind' | 'state';

export interface TopicQuery {
  readonly text: string;
  readonly show: 'all' | 'chosen' | 'problems';
  readonly withInternal: boolean;
  readonly sort: { readonly column: TopicColumn; readonly isDescending: boolean };
}

export interface LinesQuestion {
  readonly view: TopicsView;
  readonly choice: TopicChoice;
  /** the sandbox's topic, which is always archived; null for a cluster of the user's */
  readonly own: string | null;
  readonly maxSegmentAgeMs: number;
}

/** All of them, in name order. */
export function topicLines({ view, choice, own, maxSegmentAgeMs }: LinesQuestion): readonly TopicLine[] {
  const chosenBy = chooser(choice);
  const lines = view.topics.map((topic): TopicLine => {
    const chosen = topic.name === own ? 'name' : chosenBy(topic);
    return {
      ...{ name: topic.name, topic, chosen, isSaved: topic.chosen !== null },
      fixedBecause: fixedBecause(topic.name, chosen, own, choice.patterns),
      warnings: topicWarnings(topic, topic.lag, maxSegmentAgeMs),
    };
  });
  const names = new Set(choice.names);
  const missing = view.missing.map((name): TopicLine => ({
    ...{ name, topic: null, chosen: names.has(name) || name === own ? 'name' : null, isSaved: true },
    ...{ fixedBecause: name === own ? OWN : null, warnings: [] },
  }));
  return missing.length === 0 ? lines : [...lines, ...missing].sort(byName);
}

const OWN = "The sandbox's own topic. Another one: Settings.";

function fixedBecause(name: string, chosen: ChosenBy | null, own: string | null, patterns: readonly string[]) {
  if (name === own) return OWN;
  if (chosen !== 'pattern') return null;
  const pattern = patterns.find((each) => wholeName(each).test(name)) ?? '';
  return `Chosen by the pattern ${pattern}. To leave it out, change the patterns.`;
}

/** Chosen, and something about it wants to be looked at. */
export function isInTrouble({ topic, chosen, warnings }: TopicLine): boolean {
  return chosen !== null && (topic === null || warnings.some(({ severity }) => severity !== 'note'));
}

/** What the filters leave, before their text. */
export function visibleLines(lines: readonly TopicLine[], { show, withInternal }: TopicQuery): readonly TopicLine[] {
  return lines.filter((line) => {
    if (show === 'chosen') return line.chosen !== null || line.isSaved;
    if (show === 'problems') return isInTrouble(line);
    return withInternal || line.topic?.isInternal !== true || line.chosen !== null;
  });
}

/**
 * What is shown, in its order.
 * @param orderedBy the lines whose figures decide the order: those of the moment it was asked for, so that no row jumps
 *   while figures move
 */
export function shownLines(
  lines: readonly TopicLine[],
  query: TopicQuery,
  orderedBy: readonly TopicLine[] = lines,
): readonly TopicLine[] {
  const text = query.text.trim().toLowerCase();
  const found = visibleLines(lines, query).filter(({ name }) => text === '' || name.toLowerCase().includes(text));
  const { column, isDescending } = query.sort;
  const sign = isDescending ? -1 : 1;
  const then = orderedBy === lines ? null : new Map(orderedBy.map((line) => [line.name, line]));
  const keys = new Map(found.map((line) => [line.name, sortKey(then?.get(line.name) ?? line, column)]));
  return [...found].sort((a, b) => {
    if (column === 'name') return sign * byName(a, b);
    const [left, right] = [keys.get(a.name) ?? null, keys.get(b.name) ?? null];
    // what is not known stands last, whichever way
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName(a, b);
    return left === right ? byName(a, b) : sign * (left < right ? -1 : 1);
  });
}

function sortKey({ topic, chosen, warnings }: TopicLine, column: TopicColumn): number | null {
  if (topic === null) return column === 'state' ? 2 : null;
  switch (column) {
    case 'name':
      return null;
    case 'partitions':
      return topic.partitions;
    case 'replicas':
      return topic.replication;
    case 'size':
      return topic.sizeBytes;
    case 'keeping':
      return topic.keeping === null ? null : (topic.keeping.retentionMs ?? Number.MAX_VALUE);
    case 'lag':
      return topic.lag?.records ?? null;
    case 'behind':
      return topic.lag?.behindMs ?? null;
    case 'state':
      return chosen === null ? 4 : { danger: 0, warning: 1, note: 3 }[warnings[0]?.severity ?? 'note'];
  }
}

/** By code units, as Kafka's tools list them. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Topics that a pattern takes; Kafka's own never are. @throws SyntaxError */
export function matchesOf(pattern: string, topics: readonly ListedTopic[]): number {
  const expression = wholeName(pattern);
  return topics.filter(({ name, isInternal }) => !isInternal && expression.test(name)).length;
}

/** What saving would change. */
export function changeOf(lines: readonly TopicLine[], saved: TopicChoice, choice: TopicChoice): ChoiceChange {
  const [before, after] = [new Set(saved.patterns), new Set(choice.patterns)];
  return {
    more: lines.filter(({ chosen, isSaved }) => chosen !== null && !isSaved).length,
    less: lines.filter(({ chosen, isSaved }) => chosen === null && isSaved).length,
    patternsMore: choice.patterns.filter((pattern) => !before.has(pattern)).length,
    patternsLess: saved.patterns.filter((pattern) => !after.has(pattern)).length,
  };
}
