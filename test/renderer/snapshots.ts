/** Snapshots for the tests of screens: nothing yet, and archiving under way. */
import type { LiveSnapshot, StageView } from '../../shared/model/live';

export const stage = (bytes: number): StageView => ({ bytes, bytesPerSecond: null });
const idleGroup = { running: false, messages: null, ratePerSecond: null, lag: null, partitions: [] };

export const IDLE: LiveSnapshot = {
  at: 1_000,
  connection: {
    id: 'sandbox',
    name: 'Sandbox',
    isSandbox: true,
    state: 'running',
    kafka: '127.0.0.1:1',
    bucketEndpoint: 'http://127.0.0.1:2',
    problem: null,
  },
  moreTopics: 0,
  topic: 'archivetest',
  bucket: 'cold',
  prefix: 'archive',
  archiver: { state: 'stopped', reason: null, error: null, codec: null, recipients: [], reduction: null },
  producer: { messages: null, ratePerSecond: null },
  groups: {
    pipeline: { ...idleGroup, groupId: 'pipeline' },
    archiver: { ...idleGroup, groupId: 'archiver' },
  },
  comparison: { verdict: 'waiting', partitions: [] },
  stages: {
    records: 0,
    read: stage(0),
    raw: stage(0),
    encoded: stage(0),
    compressed: stage(0),
    compressedFrom: 0,
    encrypted: stage(0),
    uploaded: stage(0),
    uploadedFrom: 0,
    archives: 0,
    reduction: null,
  },
  uploads: [],
  problems: [],
  messages: [],
};

export const RUNNING: LiveSnapshot = {
  ...IDLE,
  archiver: { ...IDLE.archiver, state: 'archiving', codec: 'zstd', recipients: ['ssh-rsa A'] },
  stages: {
    records: 1_000,
    read: stage(1_000_000),
    raw: stage(1_000_000),
    encoded: stage(1_360_000),
    compressed: stage(110_000),
    compressedFrom: 1_000_000,
    encrypted: stage(110_330),
    uploaded: stage(110_330),
    uploadedFrom: 110_000,
    archives: 3,
    reduction: null,
  },
};
