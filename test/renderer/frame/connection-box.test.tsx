import { act, cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionBox } from '../../../renderer/frame/connection-box';
import { connectionsStore } from '../../../renderer/stores/connections';
import { frameStore } from '../../../renderer/stores/frame';
import { liveStore, receiveSnapshot } from '../../../renderer/stores/live';
import { ORDERS_VIEW, withConnections } from '../connections';
import { IDLE, RUNNING } from '../snapshots';
import { installBridge, show } from '../support';

const OWN = { ...IDLE.connection, id: 'orders', name: 'Orders', isSandbox: false } as const;
const open = () => userEvent.setup().click(screen.getByRole('button', { name: /^Connection: / }));

beforeEach(() => {
  withConnections([ORDERS_VIEW]);
  liveStore.setState({ snapshot: null });
  receiveSnapshot(IDLE);
});
afterEach(cleanup);

describe('the box on top of the rail', () => {
  it('says plainly that it is the sandbox, and where other clients reach it', async () => {
    show(<ConnectionBox />);
    expect(screen.getByRole('button', { name: 'Connection: built-in sandbox on this computer, running' })).toBeTruthy();
    await open();
    expect(await screen.findByText('127.0.0.1:1')).toBeTruthy();
    expect(screen.getByRole('radio', { name: /Sandbox/ }).getAttribute('aria-checked')).toBe('true');
  });

  it('switches to another connection', async () => {
    const bridge = installBridge({ 'connection.use': () => null });
    show(<ConnectionBox />);
    await open();
    await userEvent.click(await screen.findByRole('radio', { name: /Orders/ }));
    expect(bridge.asked).toEqual([{ name: 'connection.use', params: { id: 'orders' } }]);
  });

  it('does not switch while archiving, and says why', async () => {
    const bridge = installBridge({ 'connection.use': () => null });
    receiveSnapshot(RUNNING);
    show(<ConnectionBox />);
    await open();
    await userEvent.click(await screen.findByRole('radio', { name: /Orders/ }));
    expect(bridge.asked).toEqual([]);
    expect(screen.getByText('Stop archiving to switch.')).toBeTruthy();
  });

  it('opens one that needs its secrets in place of using it', async () => {
    const bridge = installBridge({});
    withConnections([{ ...ORDERS_VIEW, secrets: [] }]);
    show(<ConnectionBox />);
    await open();
    await userEvent.click(await screen.findByRole('radio', { name: /Needs the password first/ }));
    expect(bridge.asked).toEqual([]);
    expect(connectionsStore.getState().selected).toBe('orders');
    expect(frameStore.getState().screen).toBe('connections');
  });

  it('says why a connection failed, and tries again', async () => {
    const bridge = installBridge({ 'connection.retry': () => null });
    const problem = {
      code: 'KAFKA_DENIED',
      message: 'Kafka does not take the password.',
      retriable: false,
      context: {},
    } as const;
    receiveSnapshot({ ...IDLE, connection: { ...OWN, state: 'failed', problem } });
    show(<ConnectionBox />);
    expect(screen.getByRole('button', { name: 'Connection: Orders, failed' })).toBeTruthy();
    await open();
    expect(await screen.findByText('Kafka does not take the password.')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(bridge.asked).toEqual([{ name: 'connection.retry', params: undefined }]);
  });

  it('follows what is in use', () => {
    show(<ConnectionBox />);
    act(() => receiveSnapshot({ ...IDLE, connection: OWN }));
    expect(screen.getByRole('button', { name: 'Connection: Orders, connected' })).toBeTruthy();
    expect(screen.queryByText('Built-in')).toBeNull();
  });
});
