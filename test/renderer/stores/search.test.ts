import { beforeEach, expect, test } from 'vitest';
import type { HitView, SearchView } from '../../../shared/model/search';
import { WHOLE_BUCKET } from '../../../shared/model/catalog';
import { bucketStore } from '../../../renderer/stores/bucket';
import { frameStore } from '../../../renderer/stores/frame';
import { editSearch, followSearch, openSearch, searchStore, startSearch } from '../../../renderer/stores/search';
import { installBridge } from '../support';

const START = searchStore.getInitialState();

function hit(offset: number): HitView {
  const text = { kind: 'null' } as const;
  const row = { kind: 'record', offset: String(offset), timestamp: '0', key: text, value: text, headers: [] } as const;
  return { name: 'a', generation: '1', partition: 0, row };
}

function view(hits: readonly HitView[], end: SearchView['end']): SearchView {
  return {
    ...{ hits, found: 3, archives: 2, archivesDone: 1, archivesSkipped: null, bytesRead: 10, storedBytes: 20 },
    ...{ encodedBytes: 100, tookMs: 5, end, failures: [] },
  };
}

beforeEach(() => {
  searchStore.setState(START);
  bucketStore.setState({
    bucket: 'cold',
    query: { ...WHOLE_BUCKET, place: { kind: 'partition', topic: 'bus', partition: 2 } },
  });
});

test('it opens where the tree stands, and asks for what was typed', async () => {
  const bridge = installBridge({ 'search.start': () => ({ jobId: 'job' }) });
  openSearch();
  editSearch({ text: 'ice', from: '100' });

  await startSearch();

  expect(frameStore.getState().screen).toBe('bucket');
  expect(searchStore.getState()).toMatchObject({ isOpen: true, jobId: 'job' });
  expect(bridge.asked).toMatchObject([
    { params: { bucket: 'cold', topic: 'bus', partition: 2, filter: { text: 'ice', fromOffset: '100', key: null } } },
  ]);
});

test('what is found comes while it runs, each hit once, and the last look is behind its end', async () => {
  searchStore.setState({ jobId: 'job' });
  const all = [hit(1), hit(2), hit(3)];
  let isRunning = true;
  installBridge({
    'search.look': ({ from }) => {
      if (from === 2) isRunning = false;
      return view(all.slice(from, from + 2), isRunning ? null : 'complete');
    },
  });

  await followSearch('job', () => isRunning);

  expect(searchStore.getState().hits).toEqual(all);
  expect(searchStore.getState().view?.end).toBe('complete');
});

test('why it does not begin is kept, to be shown', async () => {
  installBridge({
    'search.start': () => {
      throw new Error('no such topic');
    },
  });

  await startSearch();

  expect(searchStore.getState().error?.message).toContain('no such topic');
});
