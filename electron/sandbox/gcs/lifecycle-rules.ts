/**
 * Lifecycle rules: what they may say, and what they demand of an object at a given time.
 * Source: cloud.google.com/storage/docs/lifecycle
 *
 * not implemented: conditions on custom times, noncurrentTimeBefore
 */
import { z } from 'zod';
import type { ObjectRecord } from './object-record';
import { isColder, matchedClassSchema, storageClassSchema, type StorageClass } from './storage-classes';

const DAY_MS = 86_400_000;

const count = z.number().int().min(0);
const strings = z.array(z.string().max(1_000)).min(1);

const conditionSchema = z
  .strictObject({
    /** days since it was created */
    age: count.optional(),
    /** before midnight UTC of that day */
    createdBefore: z.iso.date().optional(),
    isLive: z.boolean().optional(),
    matchesPrefix: strings.optional(),
    matchesSuffix: strings.optional(),
    matchesStorageClass: z.array(matchedClassSchema).min(1).optional(),
    numNewerVersions: count.optional(),
    daysSinceNoncurrentTime: count.optional(),
  })
  .refine((condition) => Object.values(condition).some((value) => value !== undefined), {
    error: 'A lifecycle rule needs at least one condition.',
  });

/** What uploads that are not finished have. */
const UPLOAD_CONDITIONS: ReadonlySet<string> = new Set(['age', 'matchesPrefix', 'matchesSuffix']);

const ruleSchema = z
  .strictObject({
    action: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('Delete') }),
      z.strictObject({ type: z.literal('SetStorageClass'), storageClass: storageClassSchema }),
      z.strictObject({ type: z.literal('AbortIncompleteMultipartUpload') }),
    ]),
    condition: conditionSchema,
  })
  .refine(
    ({ action, condition }) =>
      action.type !== 'AbortIncompleteMultipartUpload' ||
      Object.keys(condition).every((name) => UPLOAD_CONDITIONS.has(name)),
    { error: 'AbortIncompleteMultipartUpload takes the conditions age, matchesPrefix and matchesSuffix alone.' },
  );

export const lifecycleSchema = z.object({ rule: z.array(ruleSchema).max(100).default([]) });

export type LifecycleRule = Readonly<z.infer<typeof ruleSchema>>;
type Condition = LifecycleRule['condition'];

export type Demand = { readonly kind: 'delete' } | { readonly kind: 'move'; readonly to: StorageClass };

/**
 * What is to be done with one generation: Delete goes before SetStorageClass, of several classes the coldest counts, and
 * none is warmer than the object's own. Uploads that are not finished are never kept here, so nothing aborts them.
 * @param newerVersions how many generations of the same name are younger, the live one included
 */
export function demandOn(
  object: ObjectRecord,
  newerVersions: number,
  rules: readonly LifecycleRule[],
  atMs: number,
): Demand | null {
  let coldest: StorageClass | null = null;
  for (const { action, condition } of rules) {
    if (action.type === 'AbortIncompleteMultipartUpload' || !matches(object, newerVersions, condition, atMs)) continue;
    if (action.type === 'Delete') return { kind: 'delete' };
    if (isColder(action.storageClass, coldest ?? object.storageClass)) coldest = action.storageClass;
  }
  return coldest === null ? null : { kind: 'move', to: coldest };
}

/** All conditions that are given hold. */
function matches(object: ObjectRecord, newerVersions: number, condition: Condition, atMs: number): boolean {
  const { age, createdBefore, isLive, matchesPrefix, matchesSuffix, matchesStorageClass } = condition;
  const { numNewerVersions, daysSinceNoncurrentTime } = condition;
  const { name, storageClass, timeCreated, timeDeleted } = object;
  const createdMs = Date.parse(timeCreated);
  return (
    (age === undefined || atMs >= createdMs + age * DAY_MS) &&
    (createdBefore === undefined || createdMs < Date.parse(createdBefore)) &&
    (isLive === undefined || isLive === (timeDeleted === undefined)) &&
    (matchesPrefix === undefined || matchesPrefix.some((prefix) => name.startsWith(prefix))) &&
    (matchesSuffix === undefined || matchesSuffix.some((suffix) => name.endsWith(suffix))) &&
    (matchesStorageClass === undefined || matchesStorageClass.some((each) => each === storageClass)) &&
    (numNewerVersions === undefined || newerVersions >= numNewerVersions) &&
    (daysSinceNoncurrentTime === undefined ||
      (timeDeleted !== undefined && atMs >= Date.parse(timeDeleted) + daysSinceNoncurrentTime * DAY_MS))
  );
}
