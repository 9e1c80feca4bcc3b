import { describe, expect, it } from 'vitest';
import type { TopicChoice } from '../../../shared/model/topic-choice';
import { isInTrouble, matchesOf, shownLines, topicLines, type TopicQuery } from '../../../renderer/stores/topic-lines';
import { FIRST_QUERY } from '../../../renderer/stores/topics';
import { DAY_MS, lagOf, topicOf, topicsView } from '../topic-answers';

const choice: TopicChoice = { names: ['orders', 'gone'], patterns: ['fleet-.*'] };
const view = topicsView(
  [
    topicOf('__offsets', { isInternal: true }),
    topicOf('fleet-a', { sizeBytes: null, lag: lagOf(7) }),
    topicOf('Orders-old', { sizeBytes: 5 }),
    topicOf('orders', { sizeBytes: 9, lag: lagOf(70, { behindMs: 8 * DAY_MS }) }),
  ],
  choice,
);
const lines = topicLines({ view, choice, own: null, maxSegmentAgeMs: 30_000 });
const shown = (query: Partial<TopicQuery>): readonly string[] =>
  shownLines(lines, { ...FIRST_QUERY, ...query }).map(({ name }) => name);

describe('the rows of topics', () => {
  it('have those among them that are chosen and not in Kafka', () => {
    expect(lines.find(({ name }) => name === 'gone')).toMatchObject({ topic: null, chosen: 'name', isSaved: true });
  });

  it('can be taken out unless a pattern takes them in, or the sandbox does', () => {
    const inSandbox = topicLines({ view, choice, own: 'orders', maxSegmentAgeMs: 30_000 });
    const why = (of: typeof lines, name: string) => of.find((line) => line.name === name)?.fixedBecause;
    expect(why(lines, 'orders')).toBeNull();
    expect(why(lines, 'fleet-a')).toContain('fleet-.*');
    expect(why(inSandbox, 'orders')).toContain("sandbox's own topic");
  });

  it("hide Kafka's own until they are asked for", () => {
    expect(shown({})).toEqual(['Orders-old', 'fleet-a', 'gone', 'orders']);
    expect(shown({ withInternal: true })).toContain('__offsets');
  });

  it('are found by a part of their name, whatever its case', () => {
    expect(shown({ text: ' ORD' })).toEqual(['Orders-old', 'orders']);
  });

  it('can be those that are chosen, or those in trouble', () => {
    expect(shown({ show: 'chosen' })).toEqual(['fleet-a', 'gone', 'orders']);
    expect(shown({ show: 'problems' })).toEqual(['gone', 'orders']);
    expect(lines.filter(isInTrouble).map(({ name }) => name)).toEqual(['gone', 'orders']);
  });

  it('stand by what is known of them, what is not known last either way', () => {
    const sort = { column: 'size', isDescending: true } as const;
    expect(shown({ sort })).toEqual(['orders', 'Orders-old', 'fleet-a', 'gone']);
    expect(shown({ sort: { ...sort, isDescending: false } })).toEqual(['Orders-old', 'orders', 'fleet-a', 'gone']);
  });

  it('keep their places while figures move', () => {
    const moved = topicsView([topicOf('orders', { lag: lagOf(1) }), topicOf('fleet-a', { lag: lagOf(99) })], choice);
    const now = topicLines({ view: moved, choice, own: null, maxSegmentAgeMs: 30_000 });
    const query = { ...FIRST_QUERY, sort: { column: 'lag', isDescending: true } } as const;
    const names = (of: typeof lines) => of.map(({ name }) => name).filter((name) => name !== 'gone');
    expect(names(shownLines(now, query, lines))).toEqual(['orders', 'fleet-a']);
    expect(names(shownLines(now, query))).toEqual(['fleet-a', 'orders']);
  });
});

describe('a pattern', () => {
  it("takes whole names, and never Kafka's own", () => {
    expect(matchesOf('.*', view.topics)).toBe(3);
    expect(matchesOf('orders', view.topics)).toBe(1);
  });
});
