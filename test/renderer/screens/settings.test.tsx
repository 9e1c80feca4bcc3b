import { act, cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsScreen } from '../../../renderer/screens/settings/settings-screen';
import { frameStore } from '../../../renderer/stores/frame';
import { liveStore, receiveSnapshot } from '../../../renderer/stores/live';
import { settingsStore } from '../../../renderer/stores/settings';
import { PermafrostError } from '../../../shared/errors';
import type { AppInfo } from '../../../shared/ipc/contract';
import { NO_REDUCTION, type Reduction } from '../../../shared/model/reduction';
import { NOTHING_REDUCED } from '../../../shared/model/reduction-counts';
import { DEFAULT_SETTINGS, settingsPatchSchema, type Settings } from '../../../shared/model/settings';
import { IDLE, RUNNING } from '../snapshots';
import { installBridge, show } from '../support';

const INFO: AppInfo = {
  version: '0.1.0',
  electron: '45.4.1',
  platform: 'linux',
  dataDir: '/data',
  secretStorage: 'keyring',
  setAside: [],
  defaultSettings: DEFAULT_SETTINGS,
};

beforeEach(() => {
  liveStore.setState({ snapshot: null });
  settingsStore.setState({ settings: DEFAULT_SETTINGS, info: INFO });
});
afterEach(cleanup);

/** A bridge that saves as main does, refusing what the contract refuses. */
function savingBridge() {
  return installBridge({
    'settings.update': (patch) => {
      const parsed = settingsPatchSchema.safeParse(patch);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const field = issue?.path.join('.') ?? '';
        throw new PermafrostError('INPUT_INVALID', `${field}: ${issue?.message}`, { context: { field } });
      }
      return { ...settingsStore.getState().settings, ...patch } as Settings;
    },
  });
}

const part = (name: string) => within(screen.getByRole('form', { name }));
const saved = () => settingsStore.getState().settings;
const figure = (name: string): string | null => screen.getByTestId(`reduction-${name}`).textContent;

describe('how topics are archived', () => {
  it('sends only what was changed, and takes it back before that', async () => {
    const user = userEvent.setup();
    const bridge = savingBridge();
    show(<SettingsScreen />);
    const place = part('From where to where');
    expect(place.getByRole('button', { name: 'Save changes' })).toHaveProperty('disabled', true);
    await user.type(place.getByLabelText('Prefix'), '/bus');
    await user.click(place.getByRole('button', { name: 'Discard changes' }));
    expect(place.getByLabelText('Prefix')).toHaveProperty('value', 'archive');
    await user.type(place.getByLabelText('Prefix'), '/bus');
    await user.click(place.getByRole('button', { name: 'Save changes' }));
    expect(bridge.asked).toEqual([{ name: 'settings.update', params: { prefix: 'archive/bus' } }]);
    expect(saved()?.prefix).toBe('archive/bus');
  });

  it('says beside the field what is wrong with it, until it is changed', async () => {
    const user = userEvent.setup();
    savingBridge();
    show(<SettingsScreen />);
    const place = part('From where to where');
    await user.type(place.getByLabelText('Topic'), ' with blanks');
    await user.click(place.getByRole('button', { name: 'Save changes' }));
    expect(place.getByText(/A topic name has only letters/)).toBeTruthy();
    expect(saved()?.topic).toBe('archivetest');
    await user.clear(place.getByLabelText('Topic'));
    expect(place.queryByText(/A topic name has only letters/)).toBeNull();
  });

  it('leads to the connection where one of the user’s own is in use', async () => {
    const connection = { ...IDLE.connection, id: 'orders', name: 'Orders', isSandbox: false } as const;
    receiveSnapshot({ ...IDLE, connection });
    show(<SettingsScreen />);
    expect(screen.queryByRole('form', { name: 'From where to where' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Open Orders' }));
    expect(frameStore.getState().screen).toBe('connections');
  });

  it('goes back to the defaults of a section, when that is saved', async () => {
    const user = userEvent.setup();
    savingBridge();
    settingsStore.setState({ settings: { ...DEFAULT_SETTINGS, maxSegmentRecords: 7, prefix: 'other' } });
    show(<SettingsScreen />);
    const closing = part('When an archive is closed and uploaded');
    await user.click(closing.getByRole('button', { name: 'Defaults' }));
    expect(saved()?.maxSegmentRecords).toBe(7);
    await user.click(closing.getByRole('button', { name: 'Save changes' }));
    expect(saved()).toMatchObject({ maxSegmentRecords: 1_000_000, prefix: 'other' });
    expect(closing.queryByRole('button', { name: 'Defaults' })).toBeNull();
  });

  it('keeps what can not change while archiving runs, and says when', () => {
    receiveSnapshot(RUNNING);
    show(<SettingsScreen />);
    const place = part('From where to where');
    expect(place.getByLabelText('Topic')).toHaveProperty('disabled', true);
    expect(place.getByLabelText('Pipeline group')).toHaveProperty('disabled', false);
    expect(place.getByText(/can change once archiving is stopped/)).toBeTruthy();
  });

  it('begins a new archive at a time of the local clock', async () => {
    const user = userEvent.setup();
    savingBridge();
    settingsStore.setState({ settings: { ...DEFAULT_SETTINGS, start: '2026-01-31T12:00:00.000Z' } });
    show(<SettingsScreen />);
    const place = part('From where to where');
    const time = place.getByLabelText('Time');
    expect(new Date((time as HTMLInputElement).value).toISOString()).toBe('2026-01-31T12:00:00.000Z');
    await user.clear(time);
    await user.type(time, '2026-02-01T08:30');
    await user.click(place.getByRole('button', { name: 'Save changes' }));
    expect(saved()?.start).toBe(new Date('2026-02-01T08:30').toISOString());
  });
});

describe('the reduction', () => {
  it('is off, and says so', () => {
    show(<SettingsScreen />);
    expect(part('Reduction').getByText('Off.')).toBeTruthy();
    expect(figure('Read')).toBe('–');
    expect(part('Reduction').getByText('counted while archiving runs')).toBeTruthy();
  });

  it('is saved as a whole rule, after a warning of what it means', async () => {
    const user = userEvent.setup();
    const bridge = savingBridge();
    show(<SettingsScreen />);
    const reduction = part('Reduction');
    await user.type(reduction.getByRole('combobox', { name: 'Conditions on the value' }), 'SPEED>=1,5{Enter}');
    expect(reduction.getByText(/SPEED>=1,5: Behind >= stands a number/)).toBeTruthy();
    await user.type(
      reduction.getByRole('combobox', { name: 'Conditions on the value' }),
      '{Backspace}SPEED>=1.5{Enter}',
    );
    await user.type(reduction.getByRole('combobox', { name: 'Without these fields' }), 'GPS_HDOP{Enter}');
    await user.type(reduction.getByLabelText('Of each key, one message in'), '10');
    await user.type(reduction.getByLabelText('Of each key, at most one message in'), '2.5');
    await user.click(reduction.getByRole('switch', { name: /Leave out consecutive duplicates/ }));
    expect(reduction.getByText('Archives will be reduced.')).toBeTruthy();
    await user.click(reduction.getByRole('button', { name: 'Save changes' }));
    const rule: Reduction = {
      ...NO_REDUCTION,
      filter: ['SPEED>=1.5'],
      dropDuplicates: true,
      oneIn: 10,
      atMostEveryMs: 2_500,
      dropFields: ['GPS_HDOP'],
    };
    expect(bridge.asked).toEqual([{ name: 'settings.update', params: { reduction: rule } }]);
    expect(saved()?.reduction).toEqual(rule);
  });

  it('refuses beside the field', async () => {
    const user = userEvent.setup();
    savingBridge();
    show(<SettingsScreen />);
    const reduction = part('Reduction');
    await user.type(reduction.getByLabelText('Of each key, one message in'), '1');
    await user.click(reduction.getByRole('button', { name: 'Save changes' }));
    expect(reduction.getByText(/Takes a whole number from 2/)).toBeTruthy();
    expect(saved()?.reduction).toEqual(NO_REDUCTION);
  });

  it('counts live what it leaves out', () => {
    const rule = { ...NO_REDUCTION, oneIn: 2 };
    const counts = { ...NOTHING_REDUCED, seen: 2_000, filtered: 500, sampled: 750, notJson: 3, droppedBytes: 500_000 };
    settingsStore.setState({ settings: { ...DEFAULT_SETTINGS, reduction: rule } });
    const snapshot = {
      ...RUNNING,
      archiver: { ...RUNNING.archiver, reduction: rule },
      stages: { ...RUNNING.stages, read: { bytes: 2_000_000, bytesPerSecond: null }, reduction: counts },
    };
    receiveSnapshot(snapshot);
    show(<SettingsScreen />);
    expect(figure('Read')).toBe('2,000');
    expect(figure('Key or condition')).toBe('500');
    expect(figure('Archived')).toBe('750');
    expect(figure('not-json')).toBe('3');
    expect(figure('dropped-bytes')).toBe('500 kB');
    expect(screen.getByText('since archiving was started')).toBeTruthy();
    act(() => receiveSnapshot({ ...snapshot, stages: { ...snapshot.stages, reduction: { ...counts, restarts: 4 } } }));
    expect(screen.getByText('More keys than it can remember.')).toBeTruthy();
    act(() => settingsStore.setState({ settings: { ...DEFAULT_SETTINGS, reduction: { ...rule, oneIn: 3 } } }));
    expect(screen.getByText('by the rule that archiving was started with')).toBeTruthy();
    act(() => receiveSnapshot({ ...snapshot, archiver: IDLE.archiver }));
    expect(screen.getByText('in the last run')).toBeTruthy();
  });
});
