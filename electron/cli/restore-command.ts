import { asPermafrostError } from '../../shared/errors';
import type { Identity } from '../engine/keys/identity';
import { connectKafka } from '../engine/kafka/client';
import { TargetCluster } from '../engine/kafka/target-cluster';
import { chooseSnapshot, type ChosenSnapshot } from '../engine/restore/to-kafka/choose-snapshot';
import { planRestore, type RestorePlan } from '../engine/restore/to-kafka/plan';
import { offsetsElsewhere, planAll, restoreAll, type RestoreAllOptions } from '../engine/restore/to-kafka/restore-all';
import { restoreTopic, type RestoreEvents, type RestoreResult } from '../engine/restore/to-kafka/restore-topic';
import { openStore } from '../engine/store/open-store';
import type { ObjectStore } from '../engine/store/port';
import { failure, parseFlags, untilAskedToEnd } from './arguments';
import type { Command } from './command';
import { KEY_HELP, readIdentities } from './key-flags';
import { KAFKA_HELP, kafkaConnection } from './kafka-flags';
import { createOutput, type Output } from './output';
import { PLACE_HELP, storePlace } from './place-flags';
import { showProgress } from './progress';
import {
  assertAllAlone,
  commonOptions,
  RESTORE_FLAGS,
  restoreSchema,
  topicOptions,
  type RestoreFlags,
} from './restore-flags';
import { needsALook, tellLeftover, tellPlan, tellResult } from './restore-report';
import { flagsOfSettings, SETTINGS_HELP } from './settings-flags';

const REFUSED = 3;
const LOOK = 4;

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Puts archived records back into Kafka, with their settings and consumer groups',
  help: `permafrost restore --topic NAME [--to-topic NAME] [SELECTION] [--dry-run]
permafrost restore --all [--snapshot latest|NAME] [--dry-run]

Every record gets its partition, order, key, value, headers and timestamp back. An archive is downloaded and verified as a
whole before any of it is written. Records and the job's progress are written in transactions: a restore that was killed
goes on with the same --job, and a reader with isolation.level=read_committed sees no record twice.

${KAFKA_HELP}
${PLACE_HELP}
${KEY_HELP}
  --topic NAME          whose archives
  --to-topic NAME       where to; a topic that is not there is made like the snapshot says; the same name
  --all                 every topic of the snapshot, with settings, records and groups: for an empty cluster
  --snapshot NAME       latest, or an object's name; latest where there is one

What of the topic; all of it unless told:
  --life ID             an earlier topic of that name; the one archived last
  --partition N         repeatable
  --archive OBJECT      repeatable
  --from-offset N       --until-offset N, which is left out
  --from-time TIME      --until-time TIME, which is left out; such as 2022-12-20T08:00:00Z
  --record-key KEY      repeatable

  --dry-run             tells what would be written, and what stands against it; writes nothing
  --job NAME            names this restore; the same name goes on where it stood; a new one
  --groups NAMES        groups whose offsets come along: all, none, or names; none, with --all all of them
  --rate N              records a second; as fast as it goes
  --compress CODEC      of the batches in Kafka: zstd or none; zstd
  --append              allow a topic that holds records already
  --set-aside           put settings of an existing topic aside that would delete, alter or refuse records
  --keep-settings       leave them as they are, and accept what they do
  --apply-settings      put settings back that were set aside, once all is there, unless they would delete records
  --yes                 with --apply-settings: also if they do
  --settings FILE       what no flag says
  --json                events as JSON lines

Exit codes: 0 done; 1 failed or cancelled; 2 called wrongly; 3 refused, nothing was written (with --dry-run: would be); 4
restored, and something needs a look: archives that are missing, corrupt batches, settings that wait to be put back.

${SETTINGS_HELP}`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, RESTORE_FLAGS, restoreSchema, environment, { readFile: flagsOfSettings });
    const output = createOutput(isJson);
    const store = await openStore(storePlace(flags, environment));
    const identities = await readIdentities(flags);
    const signal = untilAskedToEnd();
    const kafka = connectKafka(await kafkaConnection(flags.brokers, flags, environment, 'permafrost-restore'));
    if (flags.all) assertAllAlone(flags);
    const chosen = await snapshotOf(store, flags, identities, output);
    const cluster = await TargetCluster.connect(kafka);
    try {
      const work = flags.all
        ? allTopics(store, cluster, flags, chosen, identities)
        : oneTopic(store, cluster, flags, chosen, identities);
      return await restore(work, { flags, output, isJson, signal });
    } finally {
      await cluster.close();
    }
  },
};

interface Work {
  plan(signal: AbortSignal): Promise<readonly RestorePlan[]>;
  run(signal: AbortSignal, events: RestoreEvents): Promise<readonly RestoreResult[]>;
}

function oneTopic(
  store: ObjectStore,
  cluster: TargetCluster,
  flags: RestoreFlags,
  chosen: ChosenSnapshot | null,
  identities: readonly Identity[],
): Work {
  const options = topicOptions(flags, chosen?.snapshot ?? null, identities);
  return {
    plan: async (signal) => [await planRestore(store, cluster, options, Date.now(), signal)],
    run: async (signal, events) => [await restoreTopic(store, cluster, options, signal, events)],
  };
}

function allTopics(
  store: ObjectStore,
  cluster: TargetCluster,
  flags: RestoreFlags,
  chosen: ChosenSnapshot | null,
  identities: readonly Identity[],
): Work {
  if (chosen === null)
    throw failure(`There is no snapshot under ${flags.prefix} in ${store.location}: --all needs one.`);
  const wanted = new Set(flags.topic);
  const { snapshot } = chosen;
  const topics = snapshot.topics.filter(({ name }) => wanted.size === 0 || wanted.has(name));
  const options: RestoreAllOptions = {
    ...commonOptions(flags, identities),
    prefix: flags.prefix,
    snapshot: { ...snapshot, topics },
  };
  return {
    plan: (signal) => planAll(store, cluster, options, Date.now(), signal),
    run: (signal, events) => restoreAll(store, cluster, options, signal, events),
  };
}

interface Terms {
  readonly flags: RestoreFlags;
  readonly output: Output;
  readonly isJson: boolean;
  readonly signal: AbortSignal;
}

async function restore(work: Work, { flags, output, isJson, signal }: Terms): Promise<number> {
  const plans = await work.plan(signal);
  for (const plan of plans) tellPlan(output, plan);
  if (plans.some(({ refusals }) => refusals.length > 0)) return REFUSED;
  if (flags['dry-run']) return 0;
  const total = plans.reduce(
    (sum, { partitions }) => sum + partitions.reduce((all, { records }) => all + records, 0),
    0,
  );
  const progress = showProgress({ output, isJson, unit: 'records' });
  try {
    const results = await work.run(signal, {
      progress: ({ records }) => progress.update({ done: records, total }),
      leftover: (leftover) => tellLeftover(output, leftover),
    });
    progress.end();
    for (const result of results) tellResult(output, result);
    return results.some((result, index) => needsALook(plans[index] as RestorePlan, result)) ? LOOK : 0;
  } catch (thrown) {
    progress.end();
    const [{ job } = { job: '' }] = plans;
    output.event('interrupted', { job }, `To go on where it stands: the same command with --job ${job}`);
    throw thrown;
  }
}

/** One that cannot be opened is only missed where it is needed. */
async function snapshotOf(
  store: ObjectStore,
  flags: RestoreFlags,
  identities: readonly Identity[],
  output: Output,
): Promise<ChosenSnapshot | null> {
  const { snapshot: wanted = 'latest', all, topic, groups = [] } = flags;
  try {
    const choice = { wanted, topic: all ? null : (topic[0] ?? null), identities };
    const chosen = await chooseSnapshot(store, flags.prefix, choice);
    if (chosen !== null) tellSnapshot(output, chosen);
    return chosen;
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    const isNeeded = all || flags.snapshot !== undefined || groups.some((name) => name !== 'none');
    if (isNeeded || error.code !== 'KEY_MISSING') throw error;
    output.event('no-snapshot', { message: error.message }, `Without the settings of a snapshot: ${error.message}`);
    return null;
  }
}

function tellSnapshot(output: Output, { name, snapshot }: ChosenSnapshot): void {
  const elsewhere = offsetsElsewhere(snapshot);
  const text = [
    `Snapshot ${name} of ${snapshot.takenAt}`,
    ...elsewhere.map(({ groupId, topic }) => `  group ${groupId} also read topic ${topic}, which is not archived`),
  ];
  output.event(
    'snapshot',
    { name, takenAt: snapshot.takenAt, clusterId: snapshot.clusterId, elsewhere },
    text.join('\n'),
  );
}
