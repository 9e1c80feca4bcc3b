import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { effectOf } from '../../../electron/engine/restore/catalog/lifecycle-effect';
import { usageOf } from '../../../electron/engine/restore/catalog/usage';
import { Dialogs } from '../../../renderer/dialogs/dialogs';
import { BucketScreen } from '../../../renderer/screens/bucket/bucket-screen';
import { bucketStore, chooseBucket, look } from '../../../renderer/stores/bucket';
import { bucketSettingsStore, openBucketSettings, showSettingsTab } from '../../../renderer/stores/bucket-settings';
import { closeDialog } from '../../../renderer/stores/frame';
import { liveStore, receiveSnapshot } from '../../../renderer/stores/live';
import { settingsStore } from '../../../renderer/stores/settings';
import { PermafrostError } from '../../../shared/errors';
import type { BucketSettings } from '../../../shared/model/bucket-settings';
import { DEFAULT_SETTINGS, type Settings } from '../../../shared/model/settings';
import { listOf } from '../catalog-answers';
import { IDLE } from '../snapshots';
import { archiveObject, installBridge, show, type Answers, type FakeBridge } from '../support';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);

const COLD: BucketSettings = {
  ...{ name: 'cold', location: 'EU', locationType: 'multi-region', storageClass: 'NEARLINE', createdAt: NOW },
  ...{ metageneration: '7', uniformAccess: { enabled: true, lockedAt: null }, publicAccess: 'enforced' },
  ...{ versioning: false, retention: null, softDeleteSeconds: null, autoclass: false },
  lifecycle: { rules: [], others: [] },
};

/** Ten days old, two of them. */
const ROWS = [0, 100].map((offset) => ({
  ...archiveObject(offset),
  storageClass: 'NEARLINE',
  createdAt: NOW - 10 * DAY_MS,
}));

/** The page of a bucket, as main would answer it: changes hold, and grow its metageneration. */
async function open(settings: BucketSettings, more: Answers = {}): Promise<FakeBridge> {
  let now = settings;
  const bridge = installBridge({
    ...listOf(ROWS).answers,
    'bucket.settings': () => now,
    'bucket.changeSettings': ({ change }) => {
      const { lifecycle, retentionSeconds, versioning = now.versioning } = change;
      now = {
        ...now,
        versioning,
        metageneration: String(Number(now.metageneration) + 1),
        lifecycle: { ...now.lifecycle, rules: lifecycle ?? now.lifecycle.rules },
        retention:
          typeof retentionSeconds === 'number'
            ? { periodSeconds: retentionSeconds, effectiveAt: NOW, isLocked: false }
            : now.retention,
      };
      return now;
    },
    'bucket.lifecycleEffect': ({ rules }) => effectOf(rules, ROWS, NOW),
    'bucket.usage': () => usageOf(ROWS, NOW),
    'settings.update': (patch) => ({ ...settingsStore.getState().settings, ...patch }) as Settings,
    ...more,
  });
  bucketStore.setState({
    buckets: [{ name: 'cold', location: 'EU', storageClass: 'NEARLINE', createdAt: NOW }],
  });
  chooseBucket('cold');
  await look();
  openBucketSettings();
  show(
    <>
      <BucketScreen />
      <Dialogs />
    </>,
  );
  return bridge;
}

beforeEach(() => {
  receiveSnapshot(IDLE);
  settingsStore.setState({ settings: DEFAULT_SETTINGS });
  bucketSettingsStore.setState({
    bucket: null,
    tab: 'settings',
    settings: null,
    error: null,
    draft: {},
    problem: null,
  });
});
afterEach(() => {
  cleanup();
  closeDialog();
  chooseBucket(null);
  liveStore.setState({ snapshot: null });
});

const form = async (name: string) => within(await screen.findByRole('form', { name }));
const changes = ({ asked }: FakeBridge) =>
  asked.flatMap(({ name, params }) => (name === 'bucket.changeSettings' ? [params] : []));

describe('settings of a bucket', () => {
  it('saves what was changed, pinned to what was seen', async () => {
    const user = userEvent.setup();
    const bridge = await open(COLD);
    const versions = await form('Versions');
    await user.click(versions.getByRole('switch', { name: /Keep what is deleted/ }));
    await user.click(versions.getByRole('button', { name: 'Save changes' }));
    await waitFor(() =>
      expect(changes(bridge)).toEqual([{ bucket: 'cold', metageneration: '7', change: { versioning: true } }]),
    );
    expect(await versions.findByText(/its bytes stay, can be brought back/)).toBeTruthy();
  });

  it('keeps what is typed when somebody else changed them meanwhile, and saves it then', async () => {
    const user = userEvent.setup();
    let isFirst = true;
    const seen: string[] = [];
    await open(COLD, {
      'bucket.settings': () => ({ ...COLD, metageneration: isFirst ? '7' : '9' }),
      'bucket.changeSettings': ({ metageneration }) => {
        seen.push(metageneration);
        if (!isFirst) return { ...COLD, versioning: true, metageneration: '10' };
        isFirst = false;
        throw new PermafrostError('STORE_CONFLICT', 'The settings of gs://cold were changed by somebody else.');
      },
    });
    const versions = await form('Versions');
    const isOn = versions.getByRole('switch', { name: /Keep what is deleted/ });
    await user.click(isOn);
    await user.click(versions.getByRole('button', { name: 'Save changes' }));
    expect((await versions.findByRole('alert')).textContent).toMatch(/somebody else.*what you typed is kept/);
    expect(isOn).toHaveProperty('checked', true);
    await user.click(versions.getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(seen).toEqual(['7', '9']));
    await waitFor(() => expect(versions.queryByRole('alert')).toBeNull());
  });

  it('says which right is needed, and shows what is known without it', async () => {
    await open(COLD, {
      'bucket.settings': () => {
        throw new PermafrostError('STORE_DENIED', 'Reading the settings of gs://cold: it was refused.');
      },
    });
    expect(await screen.findByText('storage.buckets.get')).toBeTruthy();
    const about = within(screen.getByRole('region', { name: 'About this bucket' }));
    expect(about.getByText('EU')).toBeTruthy();
    expect(about.getByText('Nearline, of new objects')).toBeTruthy();
    expect(screen.queryByRole('form', { name: 'Versions' })).toBeNull();
  });

  it('offers no switch for what the server does not tell', async () => {
    await open({ ...COLD, versioning: null });
    const versions = await form('Versions');
    expect(versions.getByText('this server does not tell')).toBeTruthy();
    expect(versions.queryByRole('switch')).toBeNull();
  });

  it('asks with what it does before a retention policy is set', async () => {
    const user = userEvent.setup();
    const bridge = await open(COLD);
    const retention = await form('Retention');
    await user.click(retention.getByRole('switch'));
    const period = retention.getByLabelText('Period');
    await user.clear(period);
    expect(retention.getByRole('button', { name: 'Save changes' })).toHaveProperty('disabled', true);
    await user.type(period, '7');
    await user.click(retention.getByRole('button', { name: 'Save changes' }));
    expect(changes(bridge)).toEqual([]);
    await user.click(await screen.findByRole('button', { name: 'Keep objects for 7 days' }));
    await waitFor(() => expect(changes(bridge)).toMatchObject([{ change: { retentionSeconds: 604_800 } }]));
  });

  it('locks only when the name is typed; then the period only grows', async () => {
    const user = userEvent.setup();
    const retention = { periodSeconds: 604_800, effectiveAt: NOW, isLocked: false };
    const bridge = await open(
      { ...COLD, retention },
      { 'bucket.lockRetention': () => ({ ...COLD, retention: { ...retention, isLocked: true } }) },
    );
    const section = await form('Retention');
    await user.click(section.getByRole('button', { name: 'Lock for good…' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByRole('textbox'), 'col');
    expect(dialog.getByRole('button', { name: 'Lock for good' })).toHaveProperty('disabled', true);
    await user.type(dialog.getByRole('textbox'), 'd{Enter}');
    expect(await section.findByText('Locked for good')).toBeTruthy();
    expect(bridge.asked).toContainEqual({
      name: 'bucket.lockRetention',
      params: { bucket: 'cold', metageneration: '7', typedName: 'cold' },
    });
    await user.clear(section.getByLabelText('Period'));
    await user.type(section.getByLabelText('Period'), '3');
    expect(section.getByText('It is locked: 7 days or more')).toBeTruthy();
    expect(section.getByRole('button', { name: 'Save changes' })).toHaveProperty('disabled', true);
  });

  it('is left with Escape, and keeps what is typed', async () => {
    const user = userEvent.setup();
    await open(COLD);
    await user.click((await form('Versions')).getByRole('switch'));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Bucket settings'));
    await user.click(screen.getByRole('button', { name: 'Bucket settings' }));
    expect((await form('Versions')).getByRole('switch')).toHaveProperty('checked', true);
  });

  it('is not there for a folder, and says so', async () => {
    const user = userEvent.setup();
    await open(COLD);
    act(() => chooseBucket('/srv/archive'));
    expect(screen.queryByRole('button', { name: 'Bucket settings' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'More about buckets' }));
    const item = await screen.findByRole('menuitem', { name: /Bucket settings…/ });
    expect(item.textContent).toContain('a folder has none');
    expect(item).toHaveProperty('disabled', true);
  });
});

describe('lifecycle rules', () => {
  const addRule = async (user: ReturnType<typeof userEvent.setup>, name: string, days: string) => {
    await user.click(await screen.findByRole('button', { name: 'Add a rule' }));
    await user.click(await screen.findByRole('menuitem', { name }));
    const rows = screen.getAllByRole('group', { name: /^Rule / });
    const row = within(rows[rows.length - 1]!);
    await user.clear(row.getByLabelText('After so many days'));
    await user.type(row.getByLabelText('After so many days'), days);
    return row;
  };

  it('shows in words and numbers what a rule does, then saves it', async () => {
    const user = userEvent.setup();
    showSettingsTab('lifecycle');
    const bridge = await open(COLD);
    const row = await addRule(user, 'Move to Coldline', '5');
    await user.type(row.getByRole('combobox', { name: 'Only names that begin with' }), 'archive/');
    expect(row.getByText('After 5 days archives whose names begin with archive/ go to Coldline.')).toBeTruthy();
    const effect = await screen.findByRole('table', { name: 'What each rule does' });
    await waitFor(() => expect(within(effect).getByRole('cell', { name: '200' })).toBeTruthy());
    await user.click(screen.getByRole('button', { name: 'Save changes' }));
    const rule = { kind: 'colder', storageClass: 'COLDLINE', ageDays: 5, prefix: 'archive/' };
    await waitFor(() => expect(changes(bridge)).toMatchObject([{ change: { lifecycle: [rule] } }]));
  });

  it('wants a word typed before rules are saved that delete what is there', async () => {
    const user = userEvent.setup();
    showSettingsTab('lifecycle');
    const bridge = await open(COLD);
    await addRule(user, 'Delete for good', '9');
    expect(await screen.findByText(/2 archives with 200 messages, 2.00 kB, within about a day/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Save changes' }));
    const dialog = within(await screen.findByRole('dialog'));
    const go = await dialog.findByRole('button', { name: 'Save rules and delete 2 objects' });
    expect(go).toHaveProperty('disabled', true);
    expect(dialog.getByLabelText('What would be lost').textContent).toContain('2archives200messages');
    await user.type(dialog.getByRole('textbox'), 'delete{Enter}');
    await waitFor(() => expect(changes(bridge)).toMatchObject([{ change: { lifecycle: [{ kind: 'delete' }] } }]));
  });

  it('saves a deletion of what is not old enough yet at once, and says when it begins', async () => {
    const user = userEvent.setup();
    showSettingsTab('lifecycle');
    const bridge = await open(COLD);
    await addRule(user, 'Delete for good', '30');
    expect(await screen.findByText(/2 to come/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(changes(bridge)).toHaveLength(1));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('refuses a rule that would never act, and keeps rules that it does not know', async () => {
    const user = userEvent.setup();
    showSettingsTab('lifecycle');
    const other = 'Aborts uploads that were begun 7 days ago.';
    await open({ ...COLD, lifecycle: { rules: [{ kind: 'delete', ageDays: 30, prefix: null }], others: [other] } });
    const row = await addRule(user, 'Move to Archive', '40');
    expect(row.getByRole('alert').textContent).toMatch(/This would never happen/);
    expect(screen.getByRole('button', { name: 'Save changes' })).toHaveProperty('disabled', true);
    expect(screen.getByText(other)).toBeTruthy();
  });
});

describe('what a bucket costs', () => {
  it('waits until the bucket is listed whole', async () => {
    showSettingsTab('cost');
    await open(COLD, { 'bucket.usage': () => null });
    expect(await screen.findByText('The bucket is being listed…')).toBeTruthy();
    expect(screen.queryByRole('table', { name: 'Cost by class' })).toBeNull();
  });

  it('takes a price of the user, marks it, and gives the published one back', async () => {
    const user = userEvent.setup();
    showSettingsTab('cost');
    const bridge = await open(COLD);
    expect(await screen.findByRole('table', { name: 'Cost by class' })).toBeTruthy();
    const price = screen.getByRole('textbox', { name: 'Nearline, storage, USD per GiB and month' });
    expect(price).toHaveProperty('value', '0.015');
    await user.clear(price);
    await user.type(price, '0.5{Enter}');
    const kept = () => settingsStore.getState().settings?.prices;
    await waitFor(() => expect(kept()).toMatchObject({ 'eu/NEARLINE/storage': { usd: 0.5 } }));
    expect(await screen.findByText(/^own, \d{4}-\d\d-\d\d$/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Back to the published price: Nearline, storage' }));
    await waitFor(() => expect(kept()).toEqual({}));
    expect(price).toHaveProperty('value', '0.015');
    expect(bridge.asked.filter(({ name }) => name === 'settings.update')).toHaveLength(2);
  });

  it('says of a place that it does not know that its prices are to be looked up', async () => {
    showSettingsTab('cost');
    await open({ ...COLD, location: 'MOON-1' });
    expect((await screen.findAllByText('not known for MOON-1: look it up')).length).toBe(5);
    const table = await screen.findByRole('table', { name: 'Cost by class' });
    const row = within(table).getAllByRole('row', { name: /^Nearline 2/ })[0]!;
    expect(within(row).getAllByRole('cell')[2]?.textContent).toBe('–');
  });
});
