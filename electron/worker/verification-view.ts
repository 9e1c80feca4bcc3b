/** A verification made fit for the window. */
import type { VerificationView } from '../../shared/model/verify';
import type { Verification } from '../engine/restore/verify/verify';

export interface LastVerification {
  readonly jobId: string;
  readonly bucket: string;
  /** ms since 1970 */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly verification: Verification;
  /** why Kafka was not asked; null when it was */
  readonly kafkaProblem: string | null;
}

/** The report has them all. */
const MAX_FINDINGS = 1_000;

export function viewOf({ verification, ...head }: LastVerification): VerificationView {
  const { prefix, chains, findings, content } = verification;
  return {
    ...head,
    prefix,
    chains: chains.map(({ log, stretches, ...chain }) => ({
      ...chain,
      log:
        log === null
          ? null
          : {
              earliest: log.earliest.toString(),
              end: log.end.toString(),
              committed: log.committed?.toString() ?? null,
            },
      stretches: stretches.map((stretch) => ({ ...stretch, ...offsetsOf(stretch) })),
    })),
    findings: findings.slice(0, MAX_FINDINGS).map((finding) => ({ ...finding, ...offsetsOf(finding) })),
    findingCount: findings.length,
    content:
      content === null
        ? null
        : {
            oneOf: content.part?.kind === 'number' ? content.part.of : null,
            archives: content.archives,
            ofArchives: content.ofArchives,
            records: content.records,
            storedBytes: content.storedBytes,
            source: content.source,
          },
  };
}

function offsetsOf(range: { readonly firstOffset: bigint; readonly nextOffset: bigint }) {
  return { firstOffset: range.firstOffset.toString(), nextOffset: range.nextOffset.toString() };
}
