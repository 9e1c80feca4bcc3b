import { act, cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArchiverControl } from '../../../renderer/frame/archiver-control';
import { ConnectionDown, useFailure } from '../../../renderer/screens/live/connection-down';
import { ExportBanner } from '../../../renderer/screens/live/export-banner';
import { FlowCard } from '../../../renderer/screens/live/flow-card';
import { GroupCard } from '../../../renderer/screens/live/group-card';
import { NoTopicBanner } from '../../../renderer/screens/live/no-topic-banner';
import { VerdictCard } from '../../../renderer/screens/live/verdict-card';
import { connectionsStore } from '../../../renderer/stores/connections';
import { frameStore } from '../../../renderer/stores/frame';
import { keysStore } from '../../../renderer/stores/keys';
import { liveStore, receiveSnapshot } from '../../../renderer/stores/live';
import { settingsStore } from '../../../renderer/stores/settings';
import { NOTHING_REDUCED } from '../../../shared/model/reduction-counts';
import { DEFAULT_SETTINGS } from '../../../shared/model/settings';
import { IDLE, RUNNING, stage } from '../snapshots';
import { installBridge, show } from '../support';

const textOf = (testId: string): string | null => screen.getByTestId(testId).textContent;

beforeEach(() => {
  liveStore.setState({ snapshot: null });
  settingsStore.setState({ settings: DEFAULT_SETTINGS });
});
afterEach(cleanup);

describe('the flow', () => {
  it('shows a dash, not 0, while nothing was measured', () => {
    receiveSnapshot(IDLE);
    show(<FlowCard />);
    for (const name of ['raw', 'encoded', 'compressed', 'encrypted']) expect(textOf(`stage-${name}`)).toBe('–');
  });

  it('shows the size at each step, with its share of raw', () => {
    receiveSnapshot(RUNNING);
    show(<FlowCard />);
    expect(textOf('stage-raw')).toBe('1.00 MB');
    expect(textOf('stage-encoded')).toBe('1.36 MB');
    expect(textOf('stage-compressed')).toBe('110 kB');
    expect(screen.getByTestId('stage-encrypted').title).toBe('110,330 bytes');
    expect(screen.getByText('zstd, to 11.0%')).toBeTruthy();
    expect(screen.getByText('age, 1 key, +0.30%')).toBeTruthy();
    expect(screen.getByText('3 archives')).toBeTruthy();
  });

  it('shows no size behind the compressor before the first block is through it', () => {
    const stages = { ...RUNNING.stages, compressed: stage(0), compressedFrom: 0, encrypted: stage(0), archives: 0 };
    receiveSnapshot({ ...RUNNING, stages });
    show(<FlowCard />);
    expect(textOf('stage-encoded')).toBe('1.36 MB');
    expect(textOf('stage-compressed')).toBe('–');
    expect(textOf('stage-encrypted')).toBe('–');
  });

  it('has a step of its own for what is left out on purpose', () => {
    const counts = { ...NOTHING_REDUCED, seen: 4_000, filtered: 3_000, droppedBytes: 2_900_000, cutBytes: 100_000 };
    receiveSnapshot(RUNNING);
    show(<FlowCard />);
    expect(screen.queryByText('Reduce')).toBeNull();
    act(() =>
      receiveSnapshot({ ...RUNNING, stages: { ...RUNNING.stages, read: stage(4_000_000), reduction: counts } }),
    );
    expect(screen.getByText('Reduce')).toBeTruthy();
    expect(textOf('stage-read')).toBe('4.00 MB');
    expect(textOf('stage-raw')).toBe('1.00 MB');
    expect(screen.getByText('4,000 messages')).toBeTruthy();
    expect(screen.getByText('25.0% kept')).toBeTruthy();
  });

  it('keeps the sizes of the last run once it has stopped', () => {
    receiveSnapshot({ ...RUNNING, archiver: IDLE.archiver });
    show(<FlowCard />);
    expect(textOf('stage-raw')).toBe('1.00 MB');
  });
});

describe('the groups', () => {
  it('show messages and lag, a line a partition', () => {
    const partitions = [{ partition: 0, messages: 1_204_230, position: '1204230', logEnd: '1204242', lag: 12 }];
    const pipeline = { ...IDLE.groups.pipeline, running: true, messages: 1_204_230, lag: 12, partitions };
    receiveSnapshot({ ...IDLE, groups: { ...IDLE.groups, pipeline } });
    show(<GroupCard role="pipeline" />);
    expect(textOf('group-pipeline-messages')).toBe('1,204,230');
    expect(textOf('group-pipeline-lag')).toBe('12');
    expect(screen.getByRole('listitem').textContent).toContain('lag 12');
  });

  it('say that a group does not run', () => {
    receiveSnapshot(IDLE);
    show(<GroupCard role="archiver" />);
    expect(screen.getByText('not running')).toBeTruthy();
    expect(textOf('group-archiver-messages')).toBe('–');
  });
});

describe('a connection of the user’s own', () => {
  const own = { ...IDLE.connection, id: 'orders', name: 'Orders', isSandbox: false } as const;
  const alone = {
    ...IDLE,
    connection: own,
    groups: { ...IDLE.groups, pipeline: { ...IDLE.groups.pipeline, groupId: null } },
  };

  it('says that nobody reads along where there is no second group, and leads to where one is turned on', async () => {
    receiveSnapshot(alone);
    show(
      <>
        <GroupCard role="pipeline" />
        <VerdictCard />
      </>,
    );
    expect(screen.getByText(/Kafka is read once/)).toBeTruthy();
    expect(textOf('live-verdict')).toContain('Nothing to compare');
    expect(screen.queryByTestId('group-pipeline-messages')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Open connection' }));
    expect(connectionsStore.getState().selected).toBe('orders');
    expect(frameStore.getState().screen).toBe('connections');
  });

  it('offers the choice of topics while none is chosen', async () => {
    receiveSnapshot({ ...alone, topic: null });
    show(<NoTopicBanner />);
    await userEvent.click(screen.getByRole('button', { name: 'Choose topics' }));
    expect(frameStore.getState().screen).toBe('topics');
    act(() => receiveSnapshot({ ...alone, topic: null, moreTopics: 1 }));
    expect(screen.queryByText('No topic is chosen yet.')).toBeNull();
  });

  it('says why it does not work, also while it is tried again, until it does', async () => {
    const bridge = installBridge({ 'connection.retry': () => null });
    const problem = {
      code: 'KAFKA_DENIED',
      message: 'The password is not taken.',
      retriable: false,
      context: {},
    } as const;
    const failed = { ...alone, connection: { ...own, state: 'failed', problem } as const };
    receiveSnapshot(failed);
    show(<Down />);
    expect(screen.getByText('Orders could not be connected')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(bridge.asked.map(({ name }) => name)).toEqual(['connection.retry']);
    act(() => receiveSnapshot({ ...alone, connection: { ...own, state: 'starting' } }));
    expect(screen.getByText('The password is not taken.')).toBeTruthy();
    act(() => receiveSnapshot(alone));
    expect(screen.queryByText('The password is not taken.')).toBeNull();
  });
});

/** As the Live screen has it. */
function Down() {
  const failure = useFailure();
  return failure === null ? null : <ConnectionDown failure={failure} />;
}

describe('the verdict', () => {
  it('changes with what is measured', () => {
    receiveSnapshot(IDLE);
    show(<VerdictCard />);
    expect(textOf('live-verdict')).toContain('Nothing to compare yet');
    const side = { messages: 7, digest: 'aa' };
    const partition = {
      partition: 0,
      verdict: 'same',
      from: '0',
      to: '7',
      pipeline: side,
      archiver: side,
      firstDifference: null,
    } as const;
    act(() => receiveSnapshot({ ...IDLE, comparison: { verdict: 'same', partitions: [partition] } }));
    expect(textOf('live-verdict')).toContain('Both groups saw the same messages');
  });
});

describe('the button that matters', () => {
  it('starts when it is stopped, stops when it runs, and waits while segments are closed', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({ 'archiver.start': () => null, 'archiver.stop': () => null });
    receiveSnapshot(IDLE);
    show(<ArchiverControl />);
    expect(textOf('live-archiver-state')).toBe('Stopped');
    await user.click(screen.getByRole('button', { name: 'Start archiving' }));
    act(() => receiveSnapshot(RUNNING));
    expect(textOf('live-archiver-state')).toBe('Archiving');
    await user.click(screen.getByRole('button', { name: 'Stop archiving' }));
    expect(bridge.asked.map(({ name }) => name)).toEqual(['archiver.start', 'archiver.stop']);
    act(() => receiveSnapshot({ ...RUNNING, archiver: { ...RUNNING.archiver, state: 'closing' } }));
    expect(textOf('live-archiver-state')).toBe('Closing segments');
    expect(screen.getByRole('button', { name: 'Stop archiving' })).toHaveProperty('disabled', true);
  });

  it('pauses what is archiving and goes on with what is paused', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({ 'archiver.pause': () => null, 'archiver.resume': () => null });
    receiveSnapshot(RUNNING);
    show(<ArchiverControl />);
    await user.click(screen.getByRole('button', { name: 'Pause archiving' }));
    act(() => receiveSnapshot({ ...RUNNING, archiver: { ...RUNNING.archiver, state: 'paused' } }));
    expect(textOf('live-archiver-state')).toBe('Paused');
    await user.click(screen.getByRole('button', { name: 'Go on archiving' }));
    expect(bridge.asked.map(({ name }) => name)).toEqual(['archiver.pause', 'archiver.resume']);
  });

  it('cannot start before the sandbox is there', () => {
    receiveSnapshot({ ...IDLE, connection: { ...IDLE.connection, state: 'starting' } });
    show(<ArchiverControl />);
    expect(screen.getByRole('button', { name: 'Start archiving' })).toHaveProperty('disabled', true);
  });
});

describe('the banner about the key', () => {
  const key = {
    fingerprint: 'SHA256:x',
    bits: 3072,
    origin: 'generated',
    createdAt: 0,
    exportedAt: null,
    current: true,
    publicKey: '',
  } as const;

  it('stays until the current key was exported', () => {
    keysStore.setState({ keys: [key] });
    show(<ExportBanner />);
    expect(screen.getByRole('button', { name: 'Export key' })).toBeTruthy();
    act(() => keysStore.setState({ keys: [{ ...key, exportedAt: 1 }] }));
    expect(screen.queryByRole('button', { name: 'Export key' })).toBeNull();
  });

  it('says nothing when archives are not encrypted', () => {
    keysStore.setState({ keys: [key] });
    settingsStore.setState({ settings: { ...DEFAULT_SETTINGS, encrypt: false } });
    show(<ExportBanner />);
    expect(screen.queryByRole('button', { name: 'Export key' })).toBeNull();
  });
});
