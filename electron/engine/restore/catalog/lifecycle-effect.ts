/**
 * What lifecycle rules would do to what is there. Of several rules that an object is old enough for, one acts: a deletion
 * before a move, and of moves the one to the coldest class.
 * Source: cloud.google.com/storage/docs/lifecycle
 *
 * not implemented: retention policies and holds, which keep an object from deletion; noncurrent versions.
 */
import type { ObjectRow } from '../../../../shared/model/archive';
import type { AffectedObjects, LifecycleEffect, LifecycleRule, RuleEffect } from '../../../../shared/model/lifecycle';
import { coldness, isStorageClass } from '../../../../shared/model/storage-class';
import { DAY_MS, earlyIn, type UsedRow } from './usage';

export type AgedRow = UsedRow & Pick<ObjectRow, 'name' | 'archive'>;

/** @param now ms since 1970 */
export function effectOf(rules: readonly LifecycleRule[], rows: readonly AgedRow[], now: number): LifecycleEffect {
  const actedOn = new Map<LifecycleRule, AgedRow[]>(rules.map((rule) => [rule, []]));
  for (const row of rows) {
    const rule = actingRule(rules, row, now);
    if (rule !== null) actedOn.get(rule)?.push(row);
  }
  return { at: now, rules: rules.map((rule) => ruleEffect(rule, actedOn.get(rule) ?? [], rows, now)) };
}

function actingRule(rules: readonly LifecycleRule[], row: AgedRow, now: number): LifecycleRule | null {
  const due = rules.filter((rule) => concerns(rule, row) && dueAt(rule, row) <= now);
  const coldestFirst = [...due].sort((a, b) => reach(b) - reach(a));
  return coldestFirst[0] ?? null;
}

/** A move does nothing to what is as cold already. */
function concerns(rule: LifecycleRule, { name, storageClass }: AgedRow): boolean {
  if (rule.prefix !== null && !name.startsWith(rule.prefix)) return false;
  if (rule.kind === 'delete' || !isStorageClass(storageClass)) return true;
  return coldness(rule.storageClass) > coldness(storageClass);
}

function reach(rule: LifecycleRule): number {
  return rule.kind === 'delete' ? Infinity : coldness(rule.storageClass);
}

function dueAt({ ageDays }: LifecycleRule, { createdAt }: AgedRow): number {
  return createdAt + ageDays * DAY_MS;
}

function ruleEffect(rule: LifecycleRule, due: readonly AgedRow[], rows: readonly AgedRow[], now: number): RuleEffect {
  const young = rows.filter((row) => concerns(rule, row) && dueAt(rule, row) > now);
  return {
    rule,
    now: affected(due),
    later: affected(young),
    nextAt: young.reduce((next: number | null, row) => Math.min(next ?? Infinity, dueAt(rule, row)), null),
    early: rule.kind === 'delete' ? earlyByClass(due, now) : [],
  };
}

function affected(rows: readonly AgedRow[]): AffectedObjects {
  const sum = { objects: 0, archives: 0, records: 0, bytes: 0 };
  for (const { archive, storedBytes } of rows) {
    sum.objects += 1;
    sum.bytes += storedBytes;
    if (archive === null) continue;
    sum.archives += 1;
    sum.records += archive.records;
  }
  return sum;
}

function earlyByClass(rows: readonly AgedRow[], now: number): RuleEffect['early'] {
  return [...new Set(rows.map(({ storageClass }) => storageClass))]
    .map((storageClass) =>
      earlyIn(
        storageClass,
        rows.filter((row) => row.storageClass === storageClass),
        now,
      ),
    )
    .filter(({ objects }) => objects > 0);
}
