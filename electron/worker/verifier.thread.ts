/** The verifier's thread: proves what is in the bucket, archives again what is missing, saves what damaged archives still hold. */
import { writeFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { asPermafrostError, messageOf, PermafrostError } from '../../shared/errors';
import type { RequestParams } from '../../shared/ipc/contract';
import type { Reduction } from '../../shared/model/reduction';
import { parseIdentity, type Identity } from '../engine/keys/identity';
import { parseRecipient } from '../engine/keys/recipient';
import { connectKafka } from '../engine/kafka/client';
import { selectObjects } from '../engine/restore/download/select-objects';
import { recoverObject, type SavedRecovery } from '../engine/restore/recover/recover-archive';
import { repair, type RepairResult } from '../engine/restore/repair/repair';
import { counted, reportJson, summaryOf } from '../engine/restore/verify/report';
import { reportPage } from '../engine/restore/verify/report-page';
import { verify, type Verification, type VerifyOptions } from '../engine/restore/verify/verify';
import { Throughput } from '../engine/send/throughput';
import { connectStorage, type Storage } from '../engine/store/open-store';
import type { ObjectStore } from '../engine/store/port';
import { serve } from './channel';
import type { Connections } from './connections';
import { RunningJobs } from './job-protocol';
import type { VerifiedPlace, VerifierEvents, VerifierRequests } from './verifier-protocol';
import { viewOf, type LastVerification } from './verification-view';

const jobs = new RunningJobs();
let connections: Connections | null = null;
let storage: Storage | null = null;
let identities: readonly Identity[] = [];
let version = '';
let last: LastVerification | null = null;

const handlers: VerifierRequests = {
  configure: async (configuration) => {
    storage = await connectStorage(configuration.connections.storage);
    ({ connections, version } = configuration);
    identities = configuration.privateKeys.map(parseIdentity);
    return null;
  },

  verify: (params) =>
    jobs.run(params.jobId, async (signal) => {
      const { jobId, bucket, topic, content, reduction } = params;
      const startedAt = Date.now();
      const store = storeOf(bucket);
      const options: VerifyOptions = {
        ...selectionOf(params, { topics: topic === null ? null : [topic], partitions: null }),
        content: contentOf(content, reduction),
        identities,
        signal,
        onProgress: progressOf(jobId),
      };
      const { verification, kafkaProblem } = await verifyWithOrWithoutKafka(store, options);
      last = { jobId, bucket, startedAt, endedAt: Date.now(), verification, kafkaProblem };
      return { state: 'done', done: verification.content?.records ?? 0, result: summaryOf(verification) };
    }),

  result: ({ jobId }) => (last?.jobId === jobId ? viewOf(last) : null),

  saveReport: async ({ jobId, form, target }) => {
    if (last?.jobId !== jobId)
      throw new PermafrostError('BUSY', 'Another verification has run since. Save its report.');
    const { verification, startedAt, endedAt } = last;
    const head = { version, startedAt: isoTime(startedAt), endedAt: isoTime(endedAt) };
    const report = form === 'json' ? reportJson(head, verification) : reportPage(head, verification);
    try {
      await writeFile(target, report);
    } catch (cause) {
      const message = `The report cannot be written to ${target} (${messageOf(cause)}). Choose another place.`;
      throw new PermafrostError('FILE_UNWRITABLE', message, { cause });
    }
    return null;
  },

  repair: (params) =>
    jobs.run(params.jobId, async (signal) => {
      const { jobId, bucket, topic, partition, options } = params;
      const progress = progressOf(jobId);
      const result = await repair(storeOf(bucket), {
        ...selectionOf(params, { topics: [topic], partitions: [partition] }),
        archives: { ...options, recipients: options.recipients.map(parseRecipient) },
        ...{ keepAll: false, isDryRun: false, signal, onProgress: progress },
        ...{ onPlan: () => undefined, onStored: () => undefined, onRetry: () => undefined },
      });
      return { state: 'done', done: result.records, result: repairedText(result) };
    }),

  recover: (params) =>
    jobs.run(params.jobId, async (signal) => {
      const { jobId, bucket, names, folder } = params;
      const store = storeOf(bucket);
      const failures: string[] = [];
      const onFailure = ({ message }: PermafrostError): void => void failures.push(message);
      const objects = await selectObjects(store, { kind: 'names', names }, { signal, onFailure });
      const total = objects.reduce((sum, { size }) => sum + size, 0);
      const progress = progressOf(jobId);
      let done = 0;
      const onBytes = (bytes: number): void => progress({ done: (done += bytes), total });
      const saved: SavedRecovery[] = [];
      for (const object of objects) {
        try {
          saved.push(await recoverObject(store, object, { folder, identities, signal, onBytes, version }));
        } catch (thrown) {
          const error = asPermafrostError(thrown);
          if (error.code === 'CANCELLED' || error.code === 'FILE_UNWRITABLE') throw error;
          failures.push(error.message);
        }
      }
      return { state: 'done', done, result: recoveredText(saved, failures, folder) };
    }),

  cancel: ({ jobId }) => {
    jobs.cancel(jobId);
    return null;
  },
};

/** A cluster that is away does not keep anybody from looking at the archives: that it was not asked is said. */
async function verifyWithOrWithoutKafka(
  store: ObjectStore,
  options: VerifyOptions,
): Promise<{ readonly verification: Verification; readonly kafkaProblem: string | null }> {
  try {
    return { verification: await verify(store, options), kafkaProblem: null };
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (!error.code.startsWith('KAFKA_')) throw error;
    const content = options.content === null ? null : { ...options.content, source: null };
    return { verification: await verify(store, { ...options, kafka: null, content }), kafkaProblem: error.message };
  }
}

function contentOf(content: RequestParams<'verify.start'>['content'], reduction: Reduction): VerifyOptions['content'] {
  if (content === null) return null;
  const { oneOf, withSource } = content;
  return {
    part: oneOf === 1 ? null : { kind: 'number', number: 1, of: oneOf },
    source: withSource ? { reduction } : null,
  };
}

function selectionOf(
  { prefix, groupId }: VerifiedPlace,
  { topics, partitions }: { readonly topics: readonly string[] | null; readonly partitions: readonly number[] | null },
) {
  return { prefix, groupId, topics, partitions, kafka: connectKafka(connected().kafka) };
}

function connected(): Connections {
  if (connections === null) throw new PermafrostError('INTERNAL', 'The verifier is not connected.');
  return connections;
}

function storeOf(bucket: string): ObjectStore {
  if (storage === null) throw new PermafrostError('INTERNAL', 'The verifier is not connected.');
  return storage.bucket(bucket);
}

function progressOf(jobId: string): (progress: { readonly done: number; readonly total: number }) => void {
  const throughput = new Throughput(Date.now());
  return ({ done, total }) =>
    channel.emit('progress', { jobId, done, total, ratePerSecond: throughput.measure(Date.now(), done) });
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function repairedText({ stretches, records, archives }: RepairResult): string {
  if (stretches.length === 0) return 'Nothing is missing';
  const still = stretches.filter(({ isRepaired }) => !isRepaired);
  const reasons = [...new Set(still.map(({ refusal }) => refusal ?? ''))].join(' ');
  const done = `${counted(records, 'record')} archived again in ${counted(archives, 'archive')}`;
  return still.length === 0
    ? `${done}, nothing is missing any more`
    : `${done}; ${counted(still.length, 'stretch', 'stretches')} still missing: ${reasons}`;
}

function recoveredText(saved: readonly SavedRecovery[], failures: readonly string[], folder: string): string {
  const records = saved.reduce((sum, each) => sum + (each.file === null ? 0 : each.records), 0);
  const lost = saved.reduce((sum, { lostRecords }) => sum + (lostRecords ?? 0), 0);
  const whole = saved.filter(({ state }) => state === 'whole').length;
  return [
    `${counted(records, 'record')} recovered to ${folder}, ${counted(lost, 'record')} lost`,
    ...(whole === 0 ? [] : [`${counted(whole, 'archive')} whole, nothing saved of it`]),
    ...failures,
  ].join('; ');
}

if (parentPort === null) throw new Error('The verifier runs in a worker thread');
const channel = serve<VerifierEvents>(parentPort, handlers);
