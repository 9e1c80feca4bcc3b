/** The searcher's thread: looks through the archives of a topic; what it finds is asked for while it runs. */
import { parentPort } from 'node:worker_threads';
import { PermafrostError } from '../../shared/errors';
import { MAX_HITS, type HitView } from '../../shared/model/search';
import { parseIdentity, type Identity } from '../engine/keys/identity';
import { rowOfLine } from '../engine/restore/record-rows';
import { searchTopic, type SearchProgress, type SearchResult } from '../engine/restore/search/search-topic';
import { counted } from '../engine/restore/verify/report';
import { Throughput } from '../engine/send/throughput';
import { connectStorage, type Storage } from '../engine/store/open-store';
import { serve } from './channel';
import { RunningJobs } from './job-protocol';
import type { SearcherEvents, SearcherRequests } from './searcher-protocol';

/** of hits that are handed over at once */
const MAX_LOOK = 500;

interface Searching {
  readonly jobId: string;
  readonly startedAt: number;
  readonly hits: HitView[];
  progress: SearchProgress;
  result: SearchResult | null;
  endedAt: number | null;
}

const NOTHING_YET: SearchProgress = {
  ...{ archives: 0, archivesDone: 0, storedBytes: 0, storedBytesDone: 0, bytesRead: 0, encodedBytes: 0, matches: 0 },
};

const jobs = new RunningJobs();
let storage: Storage | null = null;
let identities: readonly Identity[] = [];
let last: Searching | null = null;

const handlers: SearcherRequests = {
  configure: async (configuration) => {
    storage = await connectStorage(configuration.connections.storage);
    identities = configuration.privateKeys.map(parseIdentity);
    return null;
  },

  search: ({ jobId, bucket, prefix, topic, partition, filter }) =>
    jobs.run(jobId, async (signal) => {
      if (storage === null) throw new PermafrostError('INTERNAL', 'The searcher is not connected.');
      const throughput = new Throughput(Date.now());
      const searching: Searching = {
        ...{ jobId, startedAt: Date.now(), hits: [], progress: NOTHING_YET, result: null, endedAt: null },
      };
      last = searching;
      const result = await searchTopic(storage.bucket(bucket), {
        ...{ prefix, topic, partitions: partition === null ? null : [partition], filter, identities, signal },
        maxMatches: MAX_HITS,
        onMatches: (matches, { object, partition: of }) => {
          const { name, generation } = object;
          for (const { line } of matches) {
            searching.hits.push({ name, generation, partition: of, row: rowOfLine(line) });
          }
        },
        onProgress: (progress) => {
          searching.progress = progress;
          const { storedBytesDone: done, storedBytes: total } = progress;
          channel.emit('progress', { jobId, done, total, ratePerSecond: throughput.measure(Date.now(), done) });
        },
      }).finally(() => (searching.endedAt = Date.now()));
      searching.result = result;
      searching.progress = result;
      const found = `${counted(result.matches, 'message')} found in ${counted(result.archivesDone, 'archive')}`;
      return {
        state: result.end === 'cancelled' ? 'cancelled' : 'done',
        done: result.storedBytesDone,
        result: result.end === 'limit' ? `${found}, and enough with that` : found,
      };
    }),

  look: ({ jobId, from }) => {
    if (last?.jobId !== jobId) return null;
    const { hits, progress, result, startedAt, endedAt } = last;
    return {
      hits: hits.slice(from, from + MAX_LOOK),
      found: progress.matches,
      archives: progress.archives,
      archivesDone: progress.archivesDone,
      archivesSkipped: result?.archivesSkipped ?? null,
      bytesRead: progress.bytesRead,
      storedBytes: progress.storedBytes,
      encodedBytes: progress.encodedBytes,
      tookMs: (endedAt ?? Date.now()) - startedAt,
      end: result?.end ?? null,
      failures: result?.failures.map(({ error }) => error.message) ?? [],
    };
  },

  cancel: ({ jobId }) => {
    jobs.cancel(jobId);
    return null;
  },
};

if (parentPort === null) throw new Error('The searcher runs in a worker thread');
const channel = serve<SearcherEvents>(parentPort, handlers);
