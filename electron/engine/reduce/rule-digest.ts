import { hash } from 'node:crypto';
import { canonicalReduction, type Reduction } from '../../../shared/model/reduction';

/** Names a rule in an archive's metadata: the same for rules that do the same by their form. */
export function ruleDigest(rule: Reduction): string {
  return `sha256:${hash('sha256', canonicalReduction(rule), 'hex')}`;
}
