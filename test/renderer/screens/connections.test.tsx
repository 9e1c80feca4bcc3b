import { act, cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionsScreen } from '../../../renderer/screens/connections/connections-screen';
import { connectionsStore, receiveTest, select } from '../../../renderer/stores/connections';
import { frameStore } from '../../../renderer/stores/frame';
import { liveStore, receiveSnapshot } from '../../../renderer/stores/live';
import { PermafrostError } from '../../../shared/errors';
import type { CheckStep, ConnectionTest } from '../../../shared/model/connection';
import { ORDERS, ORDERS_VIEW, withConnections } from '../connections';
import { IDLE, RUNNING } from '../snapshots';
import { installBridge, show } from '../support';

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const box = (name: string | RegExp) => screen.getByRole('textbox', { name });
/** the first of that name: Kafka's, where the destination has one, too */
const combo = (name: string) => screen.getAllByRole('combobox', { name })[0]!;

beforeEach(() => {
  withConnections([ORDERS_VIEW]);
  liveStore.setState({ snapshot: null });
  receiveSnapshot(IDLE);
  frameStore.setState({ dialog: null, screen: 'connections' });
});
afterEach(cleanup);

async function choose(user: ReturnType<typeof userEvent.setup>, field: HTMLElement, option: string): Promise<void> {
  await user.click(field);
  await user.click(screen.getByRole('option', { name: option, hidden: true }));
}

describe('the list', () => {
  it('has the sandbox first, and says of it that it is in use', () => {
    show(<ConnectionsScreen />);
    const items = within(screen.getByRole('list', { name: 'Connections' })).getAllByRole('listitem');
    expect(items.map((item) => within(item).getAllByRole('button')[0]?.querySelector('strong')?.textContent)).toEqual([
      'Sandbox',
      'Orders',
    ]);
    expect(screen.getByTestId('connection-in-use').textContent).toBe('In use, running');
    expect(items[1]?.textContent).toContain('kafka-1:9093 and 1 more → gs://orders-archive/archive');
  });

  it('explains what a connection is while there is none', () => {
    withConnections([]);
    show(<ConnectionsScreen />);
    expect(screen.getByText('Your own Kafka, your own bucket')).toBeTruthy();
  });

  it('marks what needs its secrets again after a restart', () => {
    withConnections([{ ...ORDERS_VIEW, secrets: [], keeping: 'session' }]);
    show(<ConnectionsScreen />);
    expect(screen.getByText('Needs its secrets')).toBeTruthy();
  });

  it('keeps what is typed of one while another is shown, and says that it is not saved', async () => {
    const user = userEvent.setup();
    show(<ConnectionsScreen />);
    await user.click(button(/Orders/));
    await user.type(box('Name'), ' 2');
    await user.click(button(/^Sandbox/));
    expect(screen.getByRole('img', { name: 'Has changes that are not saved' })).toBeTruthy();
    await user.click(button(/Orders/));
    expect(box('Name')).toHaveProperty('value', 'Orders 2');
  });
});

describe('the form', () => {
  it('adds a connection with a login, saved by Ctrl S', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({
      'connection.save': ({ draft }) => ({
        connection: { ...ORDERS, ...draft, id: 'bus' },
        secrets: ['password'],
        keeping: 'stored',
      }),
    });
    withConnections([]);
    show(<ConnectionsScreen />);
    await user.click(screen.getAllByRole('button', { name: 'New connection' })[0]!);
    await user.type(box('Name'), 'Bus');
    await user.click(box('Broker 1'));
    await user.paste('a:9093, b:9093');
    await choose(user, combo('Security'), 'TLS, with what this system trusts');
    await choose(user, combo('Login'), 'Password, SCRAM-SHA-256');
    await user.type(box('User'), 'me');
    await user.type(screen.getByLabelText('Password'), 'hunter2');
    await user.type(box('Bucket'), 'cold');
    await user.keyboard('{Control>}s{/Control}');
    expect(bridge.asked[0]).toMatchObject({
      name: 'connection.save',
      params: {
        draft: {
          id: null,
          name: 'Bus',
          kafka: { brokers: ['a:9093', 'b:9093'], login: { mechanism: 'scram-sha-256', username: 'me' } },
          destination: { bucket: 'cold', login: { kind: 'default' } },
          archiving: { pipelineGroup: null },
        },
        secrets: { password: 'hunter2' },
      },
    });
    expect(await screen.findByPlaceholderText('Kept, type to replace')).toHaveProperty('value', '');
  });

  it('never shows a secret that is kept, and sends none that was not typed', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({ 'connection.save': () => ORDERS_VIEW });
    select('orders');
    show(<ConnectionsScreen />);
    const password = screen.getByLabelText('Password');
    expect(password).toHaveProperty('value', '');
    expect(password).toHaveProperty('placeholder', 'Kept, type to replace');
    await user.type(box('Prefix'), '/x');
    await user.click(button('Save'));
    expect(bridge.asked[0]).toMatchObject({ params: { secrets: {} } });
  });

  it('puts what is refused beside its field, with the keyboard in it', async () => {
    const user = userEvent.setup();
    installBridge({
      'connection.save': () => {
        const field = 'draft.kafka.brokers.1';
        throw new PermafrostError('INPUT_INVALID', `${field}: A broker is host:port`, { context: { field } });
      },
    });
    select('orders');
    show(<ConnectionsScreen />);
    await user.type(box('Broker 2'), 'x');
    await user.click(button('Save'));
    expect(screen.getByText('A broker is host:port')).toBeTruthy();
    expect(box('Broker 2').getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(box('Broker 2'));
    await user.type(box('Broker 2'), '{Backspace}');
    expect(screen.queryByText('A broker is host:port')).toBeNull();
  });

  it('says at its foot what is no field’s', async () => {
    const user = userEvent.setup();
    installBridge({
      'connection.save': () => {
        throw new PermafrostError('FILE_UNWRITABLE', 'The disk is full.');
      },
    });
    select('orders');
    show(<ConnectionsScreen />);
    await user.type(box('Name'), 'x');
    await user.click(button('Save'));
    expect(screen.getByRole('alert').textContent).toBe('The disk is full.');
  });

  it('warns where a password goes in the clear', async () => {
    const user = userEvent.setup();
    select('orders');
    show(<ConnectionsScreen />);
    expect(screen.queryByText(/whoever listens can try to guess the password/)).toBeNull();
    await choose(user, combo('Security'), 'Plain, without TLS');
    expect(screen.getByText(/whoever listens can try to guess the password/)).toBeTruthy();
    await choose(user, combo('Login'), 'Password, PLAIN');
    expect(screen.getByText(/goes over the network in the clear/)).toBeTruthy();
  });

  it('tells without a keyring how secrets are kept, and wants it agreed to before it stores them', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({ 'connection.save': () => ORDERS_VIEW });
    withConnections([{ ...ORDERS_VIEW, secrets: [] }], { secretStorage: 'obfuscated' });
    select('orders');
    show(<ConnectionsScreen />);
    expect(screen.getByText(/no keyring that Permafrost can use/)).toBeTruthy();
    expect(screen.getByRole('radio', { name: 'Until Permafrost closes' })).toHaveProperty('checked', true);
    await user.type(screen.getByLabelText('Password'), 'hunter2');
    await user.click(screen.getByRole('radio', { name: 'Stored, obfuscated only' }));
    await user.click(button('Save'));
    expect(screen.getByText('Agree to it, or keep secrets until Permafrost closes')).toBeTruthy();
    expect(bridge.asked).toEqual([]);
    await user.click(screen.getByRole('checkbox', { name: /I know that whoever reads the data folder/ }));
    await user.click(button('Save'));
    expect(bridge.asked).toMatchObject([{ params: { keeping: 'stored', acceptsObfuscation: true } }]);
  });

  it('shows whose a certificate is, and that it ends soon', async () => {
    const user = userEvent.setup();
    const pem = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----';
    const description = { subject: 'CN=kafka-ca', validUntil: IDLE.at + 12.5 * 86_400_000, certificates: 1 };
    installBridge({
      'connection.choosePem': () => ({ fileName: 'ca.pem', pem, description }),
      'connection.describePem': () => description,
    });
    select('orders');
    show(<ConnectionsScreen />);
    await choose(user, combo('Security'), 'TLS, with an own CA');
    await user.click(within(screen.getByRole('group', { name: 'CA certificates' })).getByRole('button'));
    expect(await screen.findByText('CN=kafka-ca')).toBeTruthy();
    expect(screen.getByText(/Ends in 12 days/)).toBeTruthy();
  });

  it('says beside the button why a file was not taken', async () => {
    const user = userEvent.setup();
    installBridge({
      'connection.choosePem': () => {
        throw new PermafrostError('INPUT_INVALID', 'ca.txt is no certificate.');
      },
    });
    select('orders');
    show(<ConnectionsScreen />);
    const field = within(screen.getByRole('group', { name: 'Client certificate' }));
    await user.click(field.getByRole('button', { name: 'Choose file' }));
    expect(await field.findByText('ca.txt is no certificate.')).toBeTruthy();
  });

  it('reads along only when asked to, under a name that is no pipeline’s', async () => {
    const user = userEvent.setup();
    select('orders');
    show(<ConnectionsScreen />);
    expect(screen.queryByRole('textbox', { name: 'Group that reads along' })).toBeNull();
    await user.click(screen.getByRole('switch', { name: /Read along/ }));
    expect(box('Group that reads along')).toHaveProperty('value', 'permafrost-pipeline');
    expect(screen.getByText(/Never your real pipeline's group/)).toBeTruthy();
  });

  it('cannot be saved while it is archived with', async () => {
    const user = userEvent.setup();
    receiveSnapshot({ ...RUNNING, connection: { ...RUNNING.connection, id: 'orders', isSandbox: false } });
    select('orders');
    show(<ConnectionsScreen />);
    await user.type(box('Name'), 'x');
    expect(screen.getByText(/Archiving is running with this connection/)).toBeTruthy();
    expect(button('Save')).toHaveProperty('disabled', true);
  });
});

describe('the test', () => {
  const step = (name: string, result: CheckStep['result'], said: string): CheckStep => ({
    name,
    result,
    said,
    code: null,
  });
  const test: ConnectionTest = { id: 't', kafka: [], destination: [], state: 'running', error: null };
  const resolved = step('resolve', 'ok', 'kafka-1 is 10.0.0.1.');

  it('shows each step as it comes, in the user’s words, and can be cancelled', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({
      'connection.test': () => ({ testId: 't' }),
      'connection.cancelTest': () => null,
    });
    select('orders');
    show(<ConnectionsScreen />);
    await user.click(button('Test'));
    expect(bridge.asked[0]).toMatchObject({
      name: 'connection.test',
      params: { draft: { id: 'orders' }, secrets: {} },
    });
    expect(screen.getByTestId('connection-test-state').textContent).toBe('Testing');
    act(() => receiveTest({ ...test, kafka: [resolved] }));
    const kafka = within(screen.getByRole('list', { name: 'Test of Kafka' }));
    expect(kafka.getByText("Find the brokers' names")).toBeTruthy();
    expect(kafka.getByText('Works')).toBeTruthy();
    expect(kafka.getByText('Goes on')).toBeTruthy();
    await user.click(button('Cancel'));
    expect(bridge.asked.at(-1)).toEqual({ name: 'connection.cancelTest', params: { testId: 't' } });
    act(() => receiveTest({ ...test, kafka: [resolved], state: 'cancelled' }));
    expect(screen.getByTestId('connection-test-state').textContent).toBe('Cancelled');
    expect(kafka.queryByText('Goes on')).toBeNull();
  });

  it('tells what failed, what was skipped, and that what is typed has changed since', async () => {
    const user = userEvent.setup();
    installBridge({ 'connection.test': () => ({ testId: 't' }) });
    select('orders');
    show(<ConnectionsScreen />);
    await user.click(button('Test'));
    act(() =>
      receiveTest({
        ...test,
        kafka: [step('log in', 'failed', 'Kafka does not take the password. Type it again.')],
        destination: [step('rights', 'warning', 'It may delete, too.'), step('x', 'skipped', 'Not tried.')],
        state: 'over',
      }),
    );
    expect(screen.getByTestId('connection-test-state').textContent).toBe('1 step failed');
    expect(screen.getByText('Kafka does not take the password. Type it again.')).toBeTruthy();
    expect(screen.getByText('Skipped')).toBeTruthy();
    expect(screen.queryByText(/has changed since/)).toBeNull();
    await user.type(box('Name'), 'x');
    expect(screen.getByText(/has changed since/)).toBeTruthy();
    await user.click(button('Close the test'));
    expect(screen.queryByTestId('connection-test-state')).toBeNull();
  });
});

describe('what is done with a connection', () => {
  it('puts it to use, but not while archiving', async () => {
    const user = userEvent.setup();
    const bridge = installBridge({ 'connection.use': () => null });
    select('orders');
    show(<ConnectionsScreen />);
    act(() => receiveSnapshot(RUNNING));
    expect(button('Use this connection').getAttribute('aria-description')).toContain('Stop archiving');
    await user.click(button('Use this connection'));
    expect(bridge.asked).toEqual([]);
    act(() => receiveSnapshot(IDLE));
    await user.click(button('Use this connection'));
    expect(bridge.asked).toEqual([{ name: 'connection.use', params: { id: 'orders' } }]);
  });

  it('is not removed while it is in use', async () => {
    const user = userEvent.setup();
    select('orders');
    show(<ConnectionsScreen />);
    await user.click(button('Remove'));
    expect(frameStore.getState().dialog).toEqual({ kind: 'remove-connection', id: 'orders', name: 'Orders' });
    act(() => connectionsStore.setState({ view: { active: 'orders', connections: [ORDERS_VIEW] } }));
    expect(button('Remove')).toHaveProperty('disabled', true);
  });
});
