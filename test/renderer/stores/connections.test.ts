import { beforeEach, describe, expect, it } from 'vitest';
import { saveConnection, switchTo, testConnection, whyNotUse } from '../../../renderer/stores/connection-actions';
import {
  changeDraft,
  connectionsStore,
  discard,
  draftIn,
  duplicate,
  editForm,
  editSecret,
  isChanged,
  isTesting,
  newConnection,
  receiveConnections,
  receiveTest,
  savedIn,
  testOf,
} from '../../../renderer/stores/connections';
import { startFeed } from '../../../renderer/stores/feed';
import { sendStore } from '../../../renderer/stores/send';
import { verifyStore } from '../../../renderer/stores/verify';
import { PermafrostError } from '../../../shared/errors';
import { SANDBOX, type ConnectionTest } from '../../../shared/model/connection';
import { INFO, ORDERS, ORDERS_VIEW, withConnections } from '../connections';
import { installBridge } from '../support';

const state = () => connectionsStore.getState();
const RUNNING: ConnectionTest = { id: 't', kafka: [], destination: [], state: 'running', error: null };

beforeEach(() => withConnections([ORDERS_VIEW]));

describe('what is typed', () => {
  it('stays while another connection is looked at, and goes when it is discarded', () => {
    editForm('orders', { name: 'Orders 2' });
    connectionsStore.setState({ selected: SANDBOX });
    expect(draftIn(state(), 'orders')?.form.name).toBe('Orders 2');
    expect(isChanged(state(), 'orders')).toBe(true);
    discard('orders');
    expect(draftIn(state(), 'orders')?.form.name).toBe('Orders');
    expect(isChanged(state(), 'orders')).toBe(false);
  });

  it('is no change once it is typed back', () => {
    editForm('orders', { name: 'x' });
    editForm('orders', { name: 'Orders' });
    expect(isChanged(state(), 'orders')).toBe(false);
    editSecret('orders', 'password', 'new');
    expect(isChanged(state(), 'orders')).toBe(true);
    editSecret('orders', 'password', undefined);
    expect(isChanged(state(), 'orders')).toBe(false);
  });

  it('survives what main tells of other connections, and goes with its own', () => {
    editForm('orders', { name: 'Orders 2' });
    newConnection();
    const fresh = state().selected;
    receiveConnections({
      active: SANDBOX,
      connections: [ORDERS_VIEW, { ...ORDERS_VIEW, connection: { ...ORDERS, id: 'b' } }],
    });
    expect(draftIn(state(), 'orders')?.form.name).toBe('Orders 2');
    receiveConnections({ active: SANDBOX, connections: [] });
    expect(draftIn(state(), 'orders')).toBeNull();
    expect(state().selected).toBe(fresh);
  });

  it('does not put an older choice of topics back', () => {
    editForm('orders', { name: 'Orders 2' });
    const topics = { names: ['orders', 'payments'], patterns: [] };
    const connection = { ...ORDERS, archiving: { ...ORDERS.archiving, topics } };
    receiveConnections({ active: SANDBOX, connections: [{ ...ORDERS_VIEW, connection }] });
    expect(draftIn(state(), 'orders')?.form).toMatchObject({ name: 'Orders 2', topics });
  });

  it('of a copy has no secrets, and none is lost by a second copy', () => {
    editSecret('orders', 'password', 'new');
    duplicate('orders');
    const first = state().selected;
    duplicate('orders');
    expect(state().selected).not.toBe(first);
    expect(draftIn(state(), first)).toMatchObject({ form: { name: 'Orders copy' }, secrets: {} });
  });
});

describe('saving', () => {
  it('sends what is typed and its secrets, and goes on with what main has made of it', async () => {
    const bridge = installBridge({
      'connection.save': ({ draft }) => ({ ...ORDERS_VIEW, connection: { ...ORDERS, ...draft, id: 'new-id' } }),
    });
    newConnection();
    const key = state().selected;
    editForm(key, { name: 'Bus', brokers: ['', 'b:1'], login: 'plain', username: 'me', bucket: 'cold' });
    editSecret(key, 'password', 'hunter2');
    expect(await saveConnection(key)).toBeNull();
    expect(bridge.asked).toMatchObject([
      {
        name: 'connection.save',
        params: {
          draft: { id: null, name: 'Bus', kafka: { brokers: ['b:1'] } },
          secrets: { password: 'hunter2' },
          keeping: 'stored',
          acceptsObfuscation: false,
        },
      },
    ]);
    expect(state().selected).toBe('new-id');
    expect(savedIn(state(), 'new-id')?.connection.name).toBe('Bus');
    expect(JSON.stringify(state())).not.toContain('hunter2');
  });

  it('keeps what was typed when it is refused, with the field that was', async () => {
    installBridge({
      'connection.save': () => {
        const field = 'draft.kafka.brokers.1';
        throw new PermafrostError('INPUT_INVALID', `${field}: A broker is host:port`, { context: { field } });
      },
    });
    editForm('orders', { brokers: ['a:1', 'b'] });
    expect(await saveConnection('orders')).toBe('draft.kafka.brokers.1');
    expect(draftIn(state(), 'orders')).toMatchObject({
      form: { brokers: ['a:1', 'b'] },
      problems: { 'draft.kafka.brokers.1': 'A broker is host:port' },
      isSaving: false,
    });
    editForm('orders', { brokers: ['a:1', 'b:1'] }, 'draft.kafka.brokers.1');
    expect(draftIn(state(), 'orders')?.problems).toEqual({});
  });

  it('stores nothing without a keyring before the user has agreed to it', async () => {
    const bridge = installBridge({ 'connection.save': () => ORDERS_VIEW });
    withConnections([ORDERS_VIEW], { secretStorage: 'obfuscated' });
    editSecret('orders', 'password', 'hunter2');
    expect(await saveConnection('orders')).toBe('acceptsObfuscation');
    expect(bridge.asked).toEqual([]);
    changeDraft('orders', { acceptsObfuscation: true });
    expect(await saveConnection('orders')).toBeNull();
    expect(bridge.asked).toMatchObject([{ params: { keeping: 'stored', acceptsObfuscation: true } }]);
  });

  it('keeps secrets until the app closes where there is no keyring, unless asked to store them', () => {
    withConnections([], { secretStorage: 'obfuscated' });
    newConnection();
    expect(draftIn(state(), state().selected)?.keeping).toBe('session');
    withConnections([]);
    newConnection();
    expect(draftIn(state(), state().selected)?.keeping).toBe('stored');
  });
});

describe('testing', () => {
  it('shows steps as they come, also those that come before the answer', async () => {
    const bridge = installBridge({
      'connection.list': () => state().view!,
      'connection.test': () => {
        receiveTest({
          ...RUNNING,
          kafka: [{ name: 'resolve', result: 'ok', said: 'kafka-1 is 10.0.0.1.', code: null }],
        });
        return { testId: 't' };
      },
      'live.get': () => null!,
      'live.history': () => [],
      'settings.get': () => INFO.defaultSettings,
      'app.info': () => INFO,
      'key.list': () => [],
      'job.list': () => [],
    });
    const end = startFeed();
    expect(await testConnection('orders')).toBeNull();
    expect(testOf(state(), 'orders')?.kafka).toHaveLength(1);
    expect(isTesting(state(), 'orders')).toBe(true);
    bridge.emit('connectionTest', { ...RUNNING, state: 'over' });
    expect(isTesting(state(), 'orders')).toBe(false);
    end();
  });

  it('tries what is typed, with the id of what is kept', async () => {
    const bridge = installBridge({ 'connection.test': () => ({ testId: 't' }) });
    editForm('orders', { bucket: 'another' });
    await testConnection('orders');
    expect(bridge.asked).toMatchObject([
      { params: { draft: { id: 'orders', destination: { bucket: 'another' } }, secrets: {} } },
    ]);
  });

  it('that could not begin is no test', async () => {
    installBridge({
      'connection.test': () => {
        throw new PermafrostError('INPUT_INVALID', 'The password is needed.', {
          context: { field: 'secrets.password' },
        });
      },
    });
    expect(await testConnection('orders')).toBe('secrets.password');
    expect(state().started).toEqual({});
  });
});

describe('switching', () => {
  it('says why it cannot be', () => {
    expect(whyNotUse(state(), 'orders', false)).toBeNull();
    expect(whyNotUse(state(), 'orders', true)).toContain('Stop archiving');
    editForm('orders', { name: 'x' });
    expect(whyNotUse(state(), 'orders', false)).toContain('Save');
  });

  it('forgets what was typed and found for the former cluster', async () => {
    installBridge({
      'connection.use': ({ id }) => {
        receiveConnections({ active: id, connections: [ORDERS_VIEW] });
        return null;
      },
    });
    sendStore.setState({ topic: 'typed' });
    verifyStore.setState({ topic: 'typed' });
    await switchTo('orders');
    expect(sendStore.getState().topic).toBeNull();
    expect(verifyStore.getState().topic).toBe('');
    expect(state().switchingTo).toBeNull();
  });
});
