/** A verification as a document of its own: what was checked, when, by which version, with what result. */
import type { ComparedSource } from './content';
import type { Verification } from './verify';

export interface ReportHead {
  /** of Permafrost */
  readonly version: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly endedAt: string;
}

/** ok: nothing was found, and all of what was asked for was looked at */
export type Verdict = 'ok' | 'findings';

export function verdictOf({ findings }: Verification): Verdict {
  return findings.length === 0 ? 'ok' : 'findings';
}

/** As JSON, int64 as text. */
export function reportJson(head: ReportHead, verification: Verification): string {
  const text = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
  return `${JSON.stringify({ permafrostReport: 1, ...head, verdict: verdictOf(verification), ...verification }, text, 2)}\n`;
}

/** One sentence for a person. */
export function summaryOf(verification: Verification): string {
  const { chains, findings, content } = verification;
  const archives = chains.reduce((sum, chain) => sum + chain.archives, 0);
  const records = chains.reduce((sum, chain) => sum + chain.records, 0);
  const found = findings.length === 0 ? 'nothing is wrong' : counted(findings.length, 'finding');
  const read =
    content === null
      ? 'contents were not read'
      : `${content.records.toLocaleString('en')} of ${content.ofRecords.toLocaleString('en')} records read and whole`;
  const compared = content === null || content.source === null ? '' : `; ${sourceText(content.source)}`;
  return `${counted(archives, 'archive')} with ${counted(records, 'record')} on ${counted(chains.length, 'chain')}: ${found}; ${read}${compared}`;
}

/** "1,000 records equal in Kafka, 20 no longer there" */
export function sourceText({ equal, gone, incomparable }: ComparedSource): string {
  const { life, rule } = incomparable;
  return [
    `${counted(equal, 'record')} equal in Kafka`,
    ...(gone === 0 ? [] : [`${gone.toLocaleString('en')} no longer there`]),
    ...(life === 0 ? [] : [`${counted(life, 'archive')} of a topic or log that Kafka no longer has`]),
    ...(rule === 0
      ? []
      : [
          `${counted(rule, 'archive')} not compared, for want of the rule that left records out, or of their first records`,
        ]),
  ].join(', ');
}

export function counted(count: number, what: string, many = `${what}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? what : many}`;
}
