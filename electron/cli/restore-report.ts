/** What a restore tells: its plan, its end, and what needs a look. */
import type { RestorePlan } from '../engine/restore/to-kafka/plan';
import type { Leftover } from '../engine/restore/to-kafka/restore-partition';
import type { RestoreResult } from '../engine/restore/to-kafka/restore-topic';
import { effectText, type SettingAtWork } from '../engine/restore/to-kafka/topic-settings';
import type { Output } from './output';
import { bytesText, plainFields } from './texts';

export function tellPlan(output: Output, plan: RestorePlan): void {
  const { source, target, partitions, settings, groups, refusals, notes, job } = plan;
  const lines = [
    `Job ${job}: topic ${source.topic} (life ${source.life}) to topic ${target.topic} of cluster ${target.clusterId}, ${
      target.exists
        ? `which is there with ${target.partitions} partitions`
        : `which will be made with ${target.partitions} partitions and ${target.replicationFactor} replicas`
    }`,
    ...partitions.map(
      (each) =>
        `  partition ${each.partition}: ${each.isExact ? '' : 'up to '}${counted(each.records, 'record')}, ${bytesText(each.rawBytes)} in ${counted(each.archives, 'archive')} of ${bytesText(each.storedBytes)}${each.firstOffset === null ? '' : `, offsets ${each.firstOffset} to ${(each.nextOffset ?? 1n) - 1n}`}${times(each)}${each.existing > 0n ? `; ${each.existing} records are there` : ''}${each.restored === null ? '' : `; ${each.restored.records} restored before`}`,
    ),
    ...groups.map(({ groupId, partitions: count }) => `  group ${groupId}: offsets of ${counted(count, 'partition')}`),
    ...settings.map((setting) => `  ${effectText(target.topic, setting)}`),
    ...notes.map((note) => `  ${note}`),
    ...refusals.map((refusal) => `  Not possible: ${refusal}`),
  ];
  output.event('plan', planFields(plan), lines.join('\n'));
}

function planFields({
  job,
  source,
  target,
  partitions,
  settings,
  groups,
  refusals,
  notes,
}: RestorePlan): object & Record<string, unknown> {
  return plainFields({
    job,
    from: { topic: source.topic, life: source.life, otherLives: source.otherLives, missing: source.missing },
    to: {
      clusterId: target.clusterId,
      topic: target.topic,
      exists: target.exists,
      partitions: target.partitions,
      replicationFactor: target.replicationFactor,
    },
    partitions,
    settings,
    groups,
    refusals,
    notes,
  });
}

export function tellLeftover(output: Output, { partition, firstOffset, lastOffset }: Leftover): void {
  output.event(
    'leftover',
    plainFields({ partition, firstOffset, lastOffset }),
    `Partition ${partition}: offsets ${firstOffset} to ${lastOffset} are of a transaction that was aborted. Readers with isolation.level=read_committed do not see them, others see those records twice.`,
  );
}

export function tellResult(output: Output, result: RestoreResult): void {
  const { job, topic, records, allRecords, settings, leftOut, groups, leftovers } = result;
  const before = allRecords - records;
  const lines = [
    `${counted(records, 'record')} restored to topic ${topic}${before > 0 ? `, ${before} before that` : ''}`,
    ...leftOut.map(
      ({ partition, firstOffset, lastOffset, object }) =>
        `  Partition ${partition}: offsets ${firstOffset} to ${lastOffset} were archived as a corrupt batch in ${object} and are left out`,
    ),
    ...groups.map(
      ({ groupId, partition, offset }) => `  group ${groupId}, partition ${partition}: goes on at ${offset}`,
    ),
    ...Object.entries(settings.applied).map(([name, { value }]) => `  ${name}=${value} holds again`),
    ...waitingText(result),
  ];
  const fields = { job, topic, records, allRecords, leftOut, groups, leftovers, settings, notes: result.notes };
  output.event('restored', plainFields(fields), lines.join('\n'));
}

function waitingText({ job, topic, settings: { waiting, atWork } }: RestoreResult): readonly string[] {
  const names = Object.entries(waiting).map(([name, { value }]) => `${name}=${value}`);
  if (names.length === 0) return [];
  return [
    `  Set aside until you say otherwise: ${names.join(', ')}`,
    ...atWork.map((setting: SettingAtWork) => `  ${effectText(topic, setting)}`),
    `  To put them back: the same command with --job ${job} --apply-settings${atWork.length > 0 ? ' --yes' : ''}`,
  ];
}

/** Something that a person should look at: exit code 4. */
export function needsALook(plan: RestorePlan, { settings, leftOut }: RestoreResult): boolean {
  return Object.keys(settings.waiting).length > 0 || leftOut.length > 0 || plan.source.missing.length > 0;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function times({ firstTimestamp, lastTimestamp }: RestorePlan['partitions'][number]): string {
  if (firstTimestamp === null || lastTimestamp === null) return '';
  return `, ${timeText(firstTimestamp)} to ${timeText(lastTimestamp)}`;
}

function timeText(ms: bigint): string {
  const date = new Date(Number(ms));
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
