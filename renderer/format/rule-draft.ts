/** Lifecycle rules as they are typed: a row each, whatever stands in it. */
import {
  lifecycleRulesSchema,
  type AffectedObjects,
  type LifecycleEffect,
  type LifecycleRule,
} from '../../shared/model/lifecycle';
import type { StorageClass } from '../../shared/model/storage-class';

export type RuleDoes = Exclude<StorageClass, 'STANDARD'> | 'delete';

export interface RuleDraft {
  /** tells rows apart, whatever becomes of them */
  readonly id: number;
  readonly does: RuleDoes;
  /** '' while nothing is typed */
  readonly ageDays: number | '';
  /** '': all of the bucket */
  readonly prefix: string;
}

/** When a rule of that kind is added: as long as what it leaves is paid for anyway. */
const USUAL_AGE_DAYS: Readonly<Record<RuleDoes, number>> = { NEARLINE: 30, COLDLINE: 60, ARCHIVE: 150, delete: 515 };

let lastId = 0;

export function newRule(does: RuleDoes): RuleDraft {
  return { id: ++lastId, does, ageDays: USUAL_AGE_DAYS[does], prefix: '' };
}

export function draftsOf(rules: readonly LifecycleRule[]): readonly RuleDraft[] {
  return rules.map((rule) => ({
    id: ++lastId,
    does: rule.kind === 'delete' ? 'delete' : rule.storageClass,
    ageDays: rule.ageDays,
    prefix: rule.prefix ?? '',
  }));
}

export type TypedRules =
  | { readonly isValid: true; readonly rules: readonly LifecycleRule[] }
  /** what is wrong, by the row's place */
  | { readonly isValid: false; readonly problems: Readonly<Record<number, string>> };

export function typedRules(drafts: readonly RuleDraft[]): TypedRules {
  const parsed = lifecycleRulesSchema.safeParse(drafts.map(rawRule));
  if (parsed.success) return { isValid: true, rules: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => [Number(path[0] ?? 0), message] as const);
  return { isValid: false, problems: Object.fromEntries(problems.reverse()) };
}

function rawRule({ does, ageDays, prefix }: RuleDraft): unknown {
  const shared = { ageDays: ageDays === '' ? null : ageDays, prefix: prefix === '' ? null : prefix };
  return does === 'delete' ? { kind: 'delete', ...shared } : { kind: 'colder', storageClass: does, ...shared };
}

/** Deletions that were not saved before. */
export function newDeletions(rules: readonly LifecycleRule[], saved: readonly LifecycleRule[]): boolean {
  const isSaved = (rule: LifecycleRule): boolean =>
    saved.some(({ kind, ageDays, prefix }) => kind === 'delete' && ageDays === rule.ageDays && prefix === rule.prefix);
  return rules.some((rule) => rule.kind === 'delete' && !isSaved(rule));
}

/** What all deletions together take at once; each object goes by one rule. */
export function lostAtOnce(effect: LifecycleEffect): AffectedObjects {
  return effect.rules
    .filter(({ rule }) => rule.kind === 'delete')
    .reduce(
      (sum, { now }) => ({
        objects: sum.objects + now.objects,
        archives: sum.archives + now.archives,
        records: sum.records + now.records,
        bytes: sum.bytes + now.bytes,
      }),
      { objects: 0, archives: 0, records: 0, bytes: 0 },
    );
}
