/** Rules by which Cloud Storage moves objects to colder classes or deletes them, as our form and our command write them. */
import { z } from 'zod';
import { wholeNumber, type StorageClass } from './settings';
import { classText, coldness } from './storage-class';

/** What a rule may move to, coldest last. */
export const COLDER_CLASSES = ['NEARLINE', 'COLDLINE', 'ARCHIVE'] as const satisfies readonly StorageClass[];

const shared = {
  /** since the object was made; 0: at once, which is within about a day */
  ageDays: wholeNumber(0, 36_500),
  /** null: all of the bucket */
  prefix: z.string().min(1, 'Leave it away for all of the bucket').max(1_024).nullable(),
};

export const lifecycleRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('colder'), storageClass: z.enum(COLDER_CLASSES), ...shared }),
  z.strictObject({ kind: z.literal('delete'), ...shared }),
]);

export type LifecycleRule = Readonly<z.infer<typeof lifecycleRuleSchema>>;

/** Rules of one bucket. A rule that another one leaves nothing to do is refused, at its `ageDays`. */
export const lifecycleRulesSchema = z
  .array(lifecycleRuleSchema)
  .max(100, 'A bucket has at most 100 rules')
  .superRefine((rules, context) => {
    for (const { rule, message } of idleRules(rules)) {
      context.addIssue({ code: 'custom', path: [rule, 'ageDays'], message });
    }
  })
  .readonly();

export interface IdleRule {
  /** which one, from 0 */
  readonly rule: number;
  readonly message: string;
}

/**
 * Rules that would never act, since another one acts on all of their objects before: a deletion, or a move to the
 * same class or a colder one. Of two that do the same on the same day, the later in the list is idle.
 */
export function idleRules(rules: readonly LifecycleRule[]): readonly IdleRule[] {
  return rules.flatMap((rule, index) => {
    const before = rules.find((other, at) => at !== index && forestalls(other, rule, at < index));
    return before === undefined ? [] : [{ rule: index, message: idleText(before) }];
  });
}

function forestalls(other: LifecycleRule, rule: LifecycleRule, standsBefore: boolean): boolean {
  if (!covers(other.prefix, rule.prefix) || other.ageDays > rule.ageDays) return false;
  if (other.kind === 'colder') {
    if (rule.kind === 'delete' || coldness(other.storageClass) < coldness(rule.storageClass)) return false;
    if (other.storageClass !== rule.storageClass) return true;
  } else if (rule.kind === 'colder') return true;
  // both do the same: one of two equal ones stays
  const isEqual = other.ageDays === rule.ageDays && other.prefix === rule.prefix;
  return !isEqual || standsBefore;
}

/** Whether all names that begin with the one begin with the other. */
function covers(prefix: string | null, narrower: string | null): boolean {
  return prefix === null || (narrower?.startsWith(prefix) ?? false);
}

function idleText(before: LifecycleRule): string {
  return `This would never happen: ${lifecycleText(before).replace(/^A/, 'a').replace(/\.$/, '')} already. Colder classes come later, deletion last.`;
}

/** "After 30 days archives go to Nearline.", "After 365 days archives are deleted for good." */
export function lifecycleText(rule: LifecycleRule): string {
  const { ageDays, prefix } = rule;
  const when = ageDays === 0 ? 'At once' : ageDays === 1 ? 'After 1 day' : `After ${ageDays.toLocaleString('en')} days`;
  const which = prefix === null ? 'archives' : `archives whose names begin with ${prefix}`;
  return rule.kind === 'delete'
    ? `${when} ${which} are deleted for good.`
    : `${when} ${which} go to ${classText(rule.storageClass)}.`;
}

/** What rules would do to the objects of a bucket that was listed whole. */
export interface LifecycleEffect {
  /** ms since 1970: ages were counted up to then */
  readonly at: number;
  /** one a rule, in their order */
  readonly rules: readonly RuleEffect[];
}

export interface RuleEffect {
  readonly rule: LifecycleRule;
  /** what it would act on within about a day */
  readonly now: AffectedObjects;
  /** objects that are not old enough yet */
  readonly later: AffectedObjects;
  /** when the first of those is old enough, ms since 1970; null: there is none */
  readonly nextAt: number | null;
  /**
   * of `now`, what is younger than the minimum duration of its class: deleting it is paid for as if it had stayed. Empty
   * for moves: Cloud Storage asks nothing for leaving a class early when its own rules do it
   */
  readonly early: readonly EarlyObjects[];
}

export interface AffectedObjects {
  /** all of them, archives and others */
  readonly objects: number;
  readonly archives: number;
  readonly records: number;
  readonly bytes: number;
}

export interface EarlyObjects {
  readonly storageClass: string;
  readonly objects: number;
  readonly bytes: number;
  /** bytes times the days that each is short of the minimum */
  readonly byteDays: number;
}
