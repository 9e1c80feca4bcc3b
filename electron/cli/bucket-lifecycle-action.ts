/** `permafrost bucket lifecycle`: rules by age, and what they do to what is there. */
import { lifecycleRulesSchema, lifecycleText, type LifecycleRule, type RuleEffect } from '../../shared/model/lifecycle';
import { classText, minimumDays } from '../../shared/model/storage-class';
import { effectOf } from '../engine/restore/catalog/lifecycle-effect';
import { describeObject } from '../engine/restore/list';
import { listAll } from '../engine/restore/list-all';
import type { ObjectStore } from '../engine/store/port';
import { untilAskedToEnd, UsageError } from './arguments';
import type { BucketAction, BucketFlags } from './bucket-flags';
import { bytesText } from './texts';

export const LIFECYCLE_ACTION: BucketAction = {
  needsName: true,
  run: async (storage, flags, output) => {
    const { bucket } = flags;
    const lifecycle = rulesOf(flags);
    const before = await storage.admin.settings(bucket);
    const effect = effectOf(lifecycle, await rowsOf(storage.bucket(bucket)), Date.now());
    for (const rule of effect.rules) output.event('rule', { ...rule }, effectText(rule));
    if (flags['dry-run']) {
      output.event('dry-run', { bucket }, 'Nothing was written.');
      return 0;
    }
    const { metageneration } = before;
    const settings = await storage.admin.changeSettings(bucket, { lifecycle }, metageneration);
    const kept = settings.lifecycle.others.length;
    output.event(
      'settings',
      { ...settings },
      `${bucket} has these rules now${kept === 0 ? '' : `, and ${kept} of other kinds as before`}.`,
    );
    return 0;
  },
};

/** @throws UsageError */
function rulesOf(flags: BucketFlags): readonly LifecycleRule[] {
  const prefix = flags['rule-prefix'] ?? null;
  const deleteAfter = flags['delete-after'];
  const rules = [
    ...flags.colder.map((move) => ({ kind: 'colder', ...move, prefix })),
    ...(deleteAfter === undefined ? [] : [{ kind: 'delete', ageDays: deleteAfter, prefix }]),
  ];
  if (flags['no-rules'] !== (rules.length === 0)) {
    throw new UsageError('lifecycle takes rules, such as --colder NEARLINE:30 or --delete-after 365, or --no-rules');
  }
  const parsed = lifecycleRulesSchema.safeParse(rules);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const wrong = rules[Number(issue?.path[0])];
  const flag = wrong?.kind === 'delete' ? '--delete-after' : '--colder';
  throw new UsageError(`${flag}: ${issue?.message ?? 'not valid'}`);
}

async function rowsOf(store: ObjectStore) {
  const rows = [];
  for await (const objects of listAll(store, untilAskedToEnd())) rows.push(...objects.map(describeObject));
  return rows;
}

function effectText({ rule, now, later, nextAt, early }: RuleEffect): string {
  const first =
    now.objects === 0
      ? 'Nothing is old enough yet.'
      : `Within about a day: ${now.objects.toLocaleString('en')} objects, ${now.archives.toLocaleString('en')} of them archives, with ${now.records.toLocaleString('en')} records; ${bytesText(now.bytes)}.`;
  const next =
    nextAt === null
      ? ''
      : ` Later: ${later.objects.toLocaleString('en')} objects, the first on ${new Date(nextAt).toISOString().slice(0, 10)}.`;
  const dear = early.map(
    ({ storageClass, objects }) =>
      ` ${objects.toLocaleString('en')} are younger than the ${minimumDays(storageClass)} days for which ${classText(storageClass)} is paid at least.`,
  );
  return `${lifecycleText(rule)} ${first}${next}${dear.join('')}`;
}
