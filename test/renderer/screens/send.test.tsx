import { act, cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import { SendScreen } from '../../../renderer/screens/send/send-screen';
import { problemByField } from '../../../renderer/ipc/problem-by-field';
import { editMessage, sendStore } from '../../../renderer/stores/send';
import { liveStore, receiveSnapshot } from '../../../renderer/stores/live';
import { IDLE } from '../snapshots';
import { installBridge, show } from '../support';

beforeEach(() => {
  liveStore.setState({ snapshot: null });
  sendStore.setState({ tab: 'message', topic: 'archivetest', sent: [] });
  editMessage({ key: '', value: '', hasKey: true, hasValue: true, partition: null, headers: [] });
});
afterEach(cleanup);

describe('sending', () => {
  it('tells a null key from an empty one, and keeps where the message went', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({ 'send.message': () => ({ topic: 'archivetest', partition: 2, offset: '1204' }) });
    show(<SendScreen />);
    await user.click(screen.getByRole('checkbox', { name: 'No key (null)' }));
    await user.click(screen.getByRole('textbox', { name: 'Value' }));
    await user.paste('{"a":1}');
    await user.click(screen.getByRole('button', { name: 'Send message' }));
    expect(await screen.findByText('Partition 2, offset 1,204')).toBeTruthy();
    expect(bridge.asked[0]?.params).toEqual({
      topic: 'archivetest',
      partition: null,
      key: null,
      value: '{"a":1}',
      headers: [],
    });
  });

  it('shows what is wrong with a field beside that field', async () => {
    const user = userEvent.setup();
    installBridge({
      'send.message': () => {
        throw new PermafrostError('INPUT_INVALID', 'topic: A topic needs a name', { context: { field: 'topic' } });
      },
    });
    show(<SendScreen />);
    await user.click(screen.getByRole('button', { name: 'Send message' }));
    expect(await screen.findByText('A topic needs a name')).toBeTruthy();
    expect(screen.getByRole('textbox', { name: 'Topic' }).getAttribute('aria-invalid')).toBe('true');
  });

  it('generates with an empty rate as fast as it goes', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({ 'send.generate': () => ({ jobId: 'j' }) });
    sendStore.setState({ tab: 'generator', generator: { count: 10_000, ratePerSecond: '', vehicles: 24, seed: 7 } });
    show(<SendScreen />);
    expect(screen.getByText('10,000 messages, as fast as it goes')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Start generator' }));
    expect(bridge.asked[0]).toEqual({
      name: 'send.generate',
      params: { topic: 'archivetest', count: 10_000, ratePerSecond: null, vehicles: 24, seed: 7 },
    });
  });

  it('sends a file only once one is chosen', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({
      'send.chooseFile': () => ({ path: '/data/bus.jsonl', name: 'bus.jsonl', bytes: 345_678 }),
      'send.file': () => ({ jobId: 'j' }),
    });
    sendStore.setState({ tab: 'file', file: null });
    show(<SendScreen />);
    expect(screen.getByRole('button', { name: 'Send file' })).toHaveProperty('disabled', true);
    await user.click(screen.getByRole('button', { name: 'Choose file' }));
    expect(await screen.findByText('346 kB')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Send file' }));
    expect(bridge.asked.at(-1)).toEqual({
      name: 'send.file',
      params: { topic: 'archivetest', path: '/data/bus.jsonl' },
    });
  });
});

describe('to a cluster that is not the sandbox', () => {
  const own = { ...IDLE.connection, id: 'orders', name: 'Orders', isSandbox: false, kafka: 'kafka-1:9093' } as const;

  it('says plainly where messages go', () => {
    receiveSnapshot(IDLE);
    show(<SendScreen />);
    expect(screen.queryByText('This is not the sandbox.')).toBeNull();
    act(() => receiveSnapshot({ ...IDLE, connection: own, topic: 'orders' }));
    expect(screen.getByText(/written for real to the topic archivetest of Orders \(kafka-1:9093\)/)).toBeTruthy();
  });

  it('sends to the topic that Live shows until another is typed', () => {
    sendStore.setState({ topic: null });
    receiveSnapshot({ ...IDLE, connection: own, topic: 'orders' });
    show(<SendScreen />);
    expect(screen.getByRole('textbox', { name: 'Topic' })).toHaveProperty('value', 'orders');
  });
});

describe('problemByField', () => {
  it('takes the name of the field off the message', () => {
    const error = new PermafrostError('INPUT_INVALID', 'count: Too small', { context: { field: 'count' } });
    expect(problemByField(error)).toEqual({ count: 'Too small' });
  });

  it('keeps what belongs to no field under the empty name', () => {
    expect(problemByField(new PermafrostError('BUSY', 'Stop archiving first.'))).toEqual({
      '': 'Stop archiving first.',
    });
  });
});
