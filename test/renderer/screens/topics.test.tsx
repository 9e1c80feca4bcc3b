/** The Topics screen: what is archived, what is being chosen, what is wrong. */
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import type { TopicsView } from '../../../shared/model/topic';
import { TopicsScreen } from '../../../renderer/screens/topics/topics-screen';
import { frameStore, showScreen } from '../../../renderer/stores/frame';
import { liveStore, receiveSnapshot } from '../../../renderer/stores/live';
import { FIRST_QUERY, beginTopics, topicsStore } from '../../../renderer/stores/topics';
import { IDLE, RUNNING } from '../snapshots';
import { installBridge, show, type Answers, type FakeBridge } from '../support';
import { DAY_MS, lagOf, topicOf, topicsView } from '../topic-answers';

const OWN = { ...IDLE, topic: 'orders', connection: { ...IDLE.connection, id: 'mine', isSandbox: false } };
const listed = [
  topicOf('archivetest', { lag: lagOf(0) }),
  topicOf('fleet-a', { lag: lagOf(5) }),
  topicOf('orders', { lag: lagOf(3) }),
  topicOf('payments'),
];
const usual = topicsView(listed, { names: ['archivetest', 'orders'], patterns: ['fleet-.*'] });

function open(view: TopicsView | (() => TopicsView), answers: Answers = {}, snapshot = IDLE): FakeBridge {
  const answer = typeof view === 'function' ? view : () => view;
  const bridge = installBridge({ 'topics.list': answer, 'topics.choose': () => null, ...answers });
  receiveSnapshot(snapshot);
  show(<TopicsScreen />);
  return bridge;
}

const askedOf = ({ asked }: FakeBridge, wanted: string): unknown[] =>
  asked.filter(({ name }) => name === wanted).map(({ params }) => params);
const box = (name: string): HTMLInputElement => screen.getByRole('checkbox', { name: `Archive ${name}` });
const rowOf = (name: string): HTMLElement => {
  const row = screen.getAllByTestId('topic-row').find(({ textContent }) => textContent.startsWith(name));
  if (row === undefined) throw new Error(`There is no row of ${name}`);
  return row;
};
const loaded = () => screen.findByRole('grid', { name: 'Topics' });

beforeEach(() => {
  liveStore.setState({ snapshot: null });
  beginTopics('none');
  topicsStore.setState({ query: FIRST_QUERY });
  showScreen('topics');
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('choosing topics', () => {
  it('is a draft until it is saved, then the whole choice, without the topic that the sandbox archives anyway', async () => {
    const user = userEvent.setup();
    const bridge = open(usual);
    await loaded();
    await user.click(box('payments'));
    await user.click(box('orders'));
    expect(rowOf('payments').textContent).toContain('Will be archived');
    const bar = screen.getByRole('region', { name: 'Choice of topics' });
    expect(bar.textContent).toContain('1 topic more, 1 less');
    expect(askedOf(bridge, 'topics.choose')).toEqual([]);
    await user.click(within(bar).getByRole('button', { name: 'Save' }));
    expect(askedOf(bridge, 'topics.choose')).toEqual([{ names: ['payments'], patterns: ['fleet-.*'] }]);
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Choice of topics' })).toBeNull());
  });

  it('is no change when it is taken back, and is gone after Discard', async () => {
    const user = userEvent.setup();
    open(usual);
    await loaded();
    await user.click(box('payments'));
    await user.click(box('payments'));
    expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
    await user.click(box('orders'));
    await user.click(screen.getByRole('button', { name: 'Discard' }));
    expect(box('orders').checked).toBe(true);
  });

  it("leaves the sandbox's own topic and those of a pattern fixed, and says why", async () => {
    open(usual);
    await loaded();
    expect(box('archivetest').disabled).toBe(true);
    expect(screen.getByTitle("The sandbox's own topic. Another one: Settings.")).toBeTruthy();
    expect(box('fleet-a').disabled).toBe(true);
    expect(rowOf('fleet-a').textContent).toContain('by pattern');
    expect(box('orders').disabled).toBe(false);
  });

  it('says before the click that archiving must be stopped', async () => {
    const user = userEvent.setup();
    open(usual, {}, RUNNING);
    await loaded();
    await user.click(box('payments'));
    expect(screen.getByText('Stop archiving to change this.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Save' })).toHaveProperty('disabled', true);
  });

  it('keeps what was chosen when saving is refused, with the reason', async () => {
    const user = userEvent.setup();
    const refuse = (): null => {
      throw new PermafrostError('BUSY', 'Archiving has just begun.');
    };
    open(usual, { 'topics.choose': refuse });
    await loaded();
    await user.click(box('payments'));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Archiving has just begun.');
    expect(box('payments').checked).toBe(true);
  });
});

describe('patterns', () => {
  it('tell how many topics they match while they are typed, and take them in when they are added', async () => {
    const user = userEvent.setup();
    open(usual);
    await loaded();
    await user.type(screen.getByRole('textbox', { name: 'Pattern' }), 'pay.*');
    expect(screen.getByText('matches 1 topic')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Add' }));
    expect(rowOf('payments').textContent).toContain('by pattern');
    expect(screen.getByText('1 topic more; 1 pattern more')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Remove the pattern fleet-.*' }));
    expect(screen.getByText('1 topic more, 1 less; 1 pattern more, 1 less')).toBeTruthy();
  });

  it('are refused beside their field when they are none, or there already', async () => {
    const user = userEvent.setup();
    open(usual);
    await loaded();
    const field = screen.getByRole('textbox', { name: 'Pattern' });
    await user.type(field, 'fleet-(');
    expect(screen.getByRole('alert').textContent).toContain('no regular expression');
    expect(screen.getByRole('button', { name: 'Add' })).toHaveProperty('disabled', true);
    await user.clear(field);
    await user.type(field, 'fleet-.*');
    expect(screen.getByRole('alert').textContent).toContain('there already');
  });
});

describe('what is wrong', () => {
  const troubled = topicsView(
    [
      topicOf('orders', { lag: lagOf(70, { lost: 40, behindMs: 8 * DAY_MS }) }),
      topicOf('payments', { lag: lagOf(9, { behindMs: 4 * DAY_MS }) }),
      topicOf('quiet'),
    ],
    { names: ['orders', 'payments', 'gone'], patterns: [] },
  );

  it('stands above the table in numbers, and its sentence in the details', async () => {
    const user = userEvent.setup();
    open(troubled, {}, OWN);
    await loaded();
    const [banner] = screen.getAllByRole('alert');
    expect(banner?.textContent).toContain('orders loses records. Kafka has deleted up to 40 records');
    expect(banner?.textContent).toContain('payments is at risk.');
    expect(banner?.textContent).toContain('1 chosen topic is not in Kafka: gone');
    expect(rowOf('orders').textContent).toContain('Losing records');
    await user.click(rowOf('payments'));
    const details = screen.getByRole('region', { name: 'About payments' });
    expect(details.textContent).toContain('is 4 days old, and Kafka keeps records for 7 days');
  });

  it('can be looked at alone, and a topic that is gone be dropped', async () => {
    const user = userEvent.setup();
    const bridge = open(troubled, {}, OWN);
    await loaded();
    await user.click(screen.getByRole('button', { name: 'Show them' }));
    expect(screen.getAllByTestId('topic-row').map(({ textContent }) => textContent.slice(0, 4))).toEqual([
      ...['orde', 'paym', 'gone'],
    ]);
    await user.click(screen.getByRole('button', { name: 'Drop missing topic' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(askedOf(bridge, 'topics.choose')).toEqual([{ names: ['orders', 'payments'], patterns: [] }]);
  });

  it('says once why sizes are not known', async () => {
    open(topicsView(listed, usual.choice, { sizesUnknownBecause: 'This user lacks Describe on the cluster.' }));
    await loaded();
    expect(screen.getAllByText(/lacks Describe on the cluster/)).toHaveLength(1);
  });
});

describe('a topic for Live', () => {
  it('is offered on a cluster of the user’s alone, and shown at once', async () => {
    const user = userEvent.setup();
    const bridge = open(usual, { 'topics.watch': () => null }, OWN);
    await loaded();
    expect(screen.getByRole('button', { name: 'Live shows orders' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Show fleet-a in Live' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Show archivetest in Live' }));
    await waitFor(() => expect(frameStore.getState().screen).toBe('live'));
    expect(askedOf(bridge, 'topics.watch')).toEqual([{ topic: 'archivetest' }]);
  });

  it('is not offered in the sandbox', async () => {
    open(usual);
    await loaded();
    expect(screen.queryByRole('button', { name: /in Live|Live shows/ })).toBeNull();
  });
});

describe('asking Kafka', () => {
  it('happens again every 15 seconds, but not while something is being chosen', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
    const bridge = open(usual);
    await loaded();
    await act(() => vi.advanceTimersByTimeAsync(15_000));
    expect(askedOf(bridge, 'topics.list')).toHaveLength(2);
    await user.click(box('payments'));
    await act(() => vi.advanceTimersByTimeAsync(45_000));
    expect(askedOf(bridge, 'topics.list')).toHaveLength(2);
  });

  it('that is refused says which right is missing, and tries again', async () => {
    const user = userEvent.setup();
    let isDenied = true;
    open(() => {
      if (isDenied) throw new PermafrostError('KAFKA_DENIED', 'This user lacks Describe.');
      return usual;
    });
    expect((await screen.findByRole('alert')).textContent).toContain('This user lacks Describe.');
    isDenied = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await loaded();
  });

  it('in vain leaves the rows of before, and says that they may be old', async () => {
    const user = userEvent.setup();
    let isAway = false;
    open(() => {
      if (isAway) throw new PermafrostError('KAFKA_UNAVAILABLE', 'Kafka does not answer.');
      return usual;
    });
    await loaded();
    isAway = true;
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Kafka does not answer.');
    expect(screen.getAllByTestId('topic-row')).toHaveLength(4);
  });

  it('that finds nothing says which rights make topics appear', async () => {
    open(topicsView([], { names: [], patterns: [] }), {}, OWN);
    expect(await screen.findByText('This user sees no topic')).toBeTruthy();
  });

  it('of a cluster where nothing is chosen yet says what choosing does', async () => {
    open(topicsView([topicOf('a')], { names: [], patterns: [] }), {}, { ...OWN, topic: null });
    expect(await screen.findByText(/Nothing is chosen yet/)).toBeTruthy();
  });
});
