import { afterEach, describe, expect, it, vi } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import type { OpenedArchive, RecordPage } from '../../../shared/model/archive';
import { EVERY_RECORD } from '../../../shared/model/search';
import {
  closePreview,
  filterRecords,
  goToRecord,
  openPreview,
  PAGE_ROWS,
  previewStore,
  rowAt,
  wantRows,
} from '../../../renderer/stores/preview';
import { installBridge } from '../support';

const opened: OpenedArchive = {
  handle: 'h',
  name: 'a',
  codec: 'zstd',
  topic: 'archivetest',
  partition: 0,
  encrypted: true,
  indexed: true,
  reduction: null,
  dropped: 0,
  records: 1_000,
  blocks: 3,
  firstOffset: '5000',
  nextOffset: '6000',
  storedBytes: 84_000_000,
  bytesRead: 1_000,
};

/** At most `most` rows an answer, as main cuts an answer with large records. */
function pages(most: number) {
  return ({ from, count }: { from: number; count: number }): RecordPage => ({
    from,
    bytesRead: 1_000 + from,
    rows: Array.from({ length: Math.min(count, most) }, (_, at) => ({
      kind: 'corrupt',
      offset: String(5_000 + from + at),
      lastOffset: String(5_000 + from + at),
      bytes: 1,
    })),
  });
}

const ref = { name: 'a', generation: '1' };

afterEach(async () => {
  installBridge({ 'preview.close': () => null });
  await closePreview();
});

describe('looking into an archive', () => {
  it('fetches the first page and shows its first record', async () => {
    installBridge({ 'preview.open': () => opened, 'preview.records': pages(500) });
    await openPreview('b', ref);
    await vi.waitFor(() => expect(rowAt(previewStore.getState(), PAGE_ROWS - 1)?.offset).toBe('5099'));
    expect(previewStore.getState().active).toBe(0);
    expect(rowAt(previewStore.getState(), PAGE_ROWS)).toBeNull();
  });

  it('fetches what comes into sight, and says how much was read', async () => {
    installBridge({ 'preview.open': () => opened, 'preview.records': pages(500) });
    await openPreview('b', ref);
    await vi.waitFor(() => expect(rowAt(previewStore.getState(), 0)).not.toBeNull());
    wantRows(930, 960);
    await vi.waitFor(() => expect(rowAt(previewStore.getState(), 959)?.offset).toBe('5959'));
    expect(previewStore.getState().bytesRead).toBe(1_900);
    expect(rowAt(previewStore.getState(), 500)).toBeNull();
  });

  it('asks again when an answer holds fewer rows than were asked for', async () => {
    const bridge = installBridge({ 'preview.open': () => opened, 'preview.records': pages(30) });
    await openPreview('b', ref);
    await vi.waitFor(() => expect(rowAt(previewStore.getState(), 99)?.offset).toBe('5099'));
    const asked = bridge.asked.filter(({ name }) => name === 'preview.records').map(({ params }) => params);
    expect(asked).toEqual([
      { handle: 'h', from: 0, count: 100 },
      { handle: 'h', from: 30, count: 70 },
      { handle: 'h', from: 60, count: 40 },
      { handle: 'h', from: 90, count: 10 },
    ]);
  });

  it('keeps why an archive stays shut', async () => {
    installBridge({
      'preview.open': () => {
        throw new PermafrostError('KEY_MISSING', 'No key.', { context: { wanted: ['SHA256:x'] } });
      },
    });
    await openPreview('b', ref);
    expect(previewStore.getState().error?.code).toBe('KEY_MISSING');
    expect(previewStore.getState().error?.context['wanted']).toEqual(['SHA256:x']);
  });

  it('gives the handle back when it was closed before it was open', async () => {
    let answer = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (answer = resolve));
    const bridge = installBridge({
      'preview.open': async () => {
        await waiting;
        return opened;
      },
      'preview.close': () => null,
    });
    const opening = openPreview('b', ref);
    await closePreview();
    answer();
    await opening;
    expect(bridge.asked.at(-1)).toEqual({ name: 'preview.close', params: { handle: 'h' } });
    expect(previewStore.getState().archive).toBeNull();
  });
});

describe('a filter', () => {
  const row = (offset: number) =>
    ({ kind: 'corrupt', offset: String(offset), lastOffset: String(offset), bytes: 1 }) as const;
  const filter = { ...EVERY_RECORD, text: 'x' };

  it('shows what is found while it looks on, also when a piece has nothing', async () => {
    const answers = [[row(1)], [], [row(2)]];
    installBridge({
      'preview.open': () => opened,
      'preview.records': pages(500),
      'preview.filter': () => null,
      'preview.matches': () => ({ rows: answers.shift() ?? [], isDone: answers.length === 0, bytesRead: 5_000 }),
    });
    await openPreview('b', ref);
    await filterRecords(filter);
    expect(previewStore.getState().filtering).toMatchObject({
      rows: [{ offset: '1' }, { offset: '2' }],
      isScanning: false,
      isDone: true,
    });
    expect(rowAt(previewStore.getState(), 1)?.offset).toBe('2');
    await filterRecords(null);
    expect(previewStore.getState().filtering).toBeNull();
  });

  it('that cannot be read says why, and the archive stays open', async () => {
    installBridge({
      'preview.open': () => opened,
      'preview.records': pages(500),
      'preview.filter': () => {
        throw new PermafrostError('INPUT_INVALID', 'No.', { context: { field: 'conditions' } });
      },
    });
    await openPreview('b', ref);
    await filterRecords(filter);
    expect(previewStore.getState().filtering?.error?.context['field']).toBe('conditions');
    expect(previewStore.getState().error).toBeNull();
  });

  it('goes to the row of an offset', async () => {
    installBridge({
      'preview.open': () => opened,
      'preview.records': pages(500),
      'preview.row': () => ({ row: 700 }),
    });
    await openPreview('b', ref);
    await goToRecord('offset', '5700');
    expect(previewStore.getState()).toMatchObject({ active: 700, goTo: { row: 700 } });
  });
});
