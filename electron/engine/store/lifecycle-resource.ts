/**
 * Lifecycle rules as the JSON API writes them. Our form knows rules by age, with at most one prefix; what else there is
 * is told in a sentence, and kept.
 * Source: cloud.google.com/storage/docs/lifecycle
 */
import { z } from 'zod';
import type { BucketSettings } from '../../../shared/model/bucket-settings';
import { COLDER_CLASSES, type LifecycleRule } from '../../../shared/model/lifecycle';
import { classText } from '../../../shared/model/storage-class';

const condition = z.strictObject({
  age: z.number().int().min(0).max(36_500),
  matchesPrefix: z.array(z.string().min(1)).length(1).optional(),
});

/** Strict: a condition that we do not know narrows the rule, and would be lost. */
const ownShape = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('SetStorageClass'),
    action: z.strictObject({ type: z.literal('SetStorageClass'), storageClass: z.enum(COLDER_CLASSES) }),
    condition,
  }),
  z.strictObject({
    kind: z.literal('Delete'),
    action: z.strictObject({ type: z.literal('Delete') }),
    condition,
  }),
]);

const anyShape = z.object({
  action: z.object({ type: z.string(), storageClass: z.string().optional() }),
  condition: z.record(z.string(), z.unknown()).default({}),
});

export function readLifecycle(rules: readonly unknown[]): BucketSettings['lifecycle'] {
  const known = rules.map(parseRule);
  return {
    rules: known.filter((rule) => rule !== null),
    others: rules.filter((_rule, index) => known[index] === null).map(describe),
  };
}

/** @param present what the bucket has: rules that are none of ours come along as they are */
export function writeLifecycle(rules: readonly LifecycleRule[], present: readonly unknown[]): readonly unknown[] {
  return [...present.filter((rule) => parseRule(rule) === null), ...rules.map(writeRule)];
}

function parseRule(rule: unknown): LifecycleRule | null {
  const type = anyShape.safeParse(rule).data?.action.type;
  const parsed = ownShape.safeParse({ kind: type, ...(rule as object) });
  if (!parsed.success) return null;
  const { age, matchesPrefix } = parsed.data.condition;
  const shared = { ageDays: age, prefix: matchesPrefix?.[0] ?? null };
  return parsed.data.kind === 'Delete'
    ? { kind: 'delete', ...shared }
    : { kind: 'colder', storageClass: parsed.data.action.storageClass, ...shared };
}

function writeRule(rule: LifecycleRule): unknown {
  return {
    action: rule.kind === 'delete' ? { type: 'Delete' } : { type: 'SetStorageClass', storageClass: rule.storageClass },
    condition: { age: rule.ageDays, ...(rule.prefix === null ? {} : { matchesPrefix: [rule.prefix] }) },
  };
}

/** "Deletes where numNewerVersions is 3 and isLive is false." */
function describe(rule: unknown): string {
  const parsed = anyShape.safeParse(rule);
  if (!parsed.success) return `A rule that is not understood: ${JSON.stringify(rule)}.`;
  const { action, condition: where } = parsed.data;
  const conditions = Object.entries(where).map(([name, value]) => `${name} is ${valueText(value)}`);
  return `${actionText(action)} where ${conditions.length === 0 ? 'nothing is asked' : conditions.join(' and ')}.`;
}

function actionText({ type, storageClass }: z.infer<typeof anyShape>['action']): string {
  switch (type) {
    case 'Delete':
      return 'Deletes';
    case 'SetStorageClass':
      return `Moves to ${classText(storageClass ?? 'a class that is not told')}`;
    case 'AbortIncompleteMultipartUpload':
      return 'Ends unfinished uploads';
    default:
      return `Does ${type}`;
  }
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(' or ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
