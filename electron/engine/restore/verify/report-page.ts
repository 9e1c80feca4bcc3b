/** The report as one page of HTML that needs nothing else: to be printed, filed or sent. */
import { holesText, STRETCH_WORDS } from '../../../../shared/model/verify';
import type { Finding } from './finding';
import { partText } from './part';
import { counted, sourceText, summaryOf, verdictOf, type ReportHead } from './report';
import type { Verification, VerifiedChain } from './verify';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b2430}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d6dde5;vertical-align:top}td.n,th.n{text-align:right}
.ok{color:#14683a}.findings{color:#9b1c1c}code{overflow-wrap:anywhere}
@media(prefers-color-scheme:dark){body{background:#12181f;color:#dfe6ee}th,td{border-color:#2c3742}.ok{color:#6ccb93}.findings{color:#ff9a92}}`;

export function reportPage(head: ReportHead, verification: Verification): string {
  const { location, prefix, chains, findings, isKafkaAsked, content } = verification;
  const verdict = verdictOf(verification);
  const share =
    content === null
      ? 'Contents were not read: this report is about coverage alone.'
      : `Contents: ${counted(content.archives, 'archive')} of ${content.ofArchives.toLocaleString('en')} read and whole, ${content.records.toLocaleString('en')} of ${counted(content.ofRecords, 'record')}, ${content.storedBytes.toLocaleString('en')} of ${counted(content.ofStoredBytes, 'byte')}${content.part === null ? '' : `, as ${partText(content.part)}`}.${content.source === null ? '' : ` ${sourceText(content.source)}.`}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Verification of ${escaped(location)}</title><style>${STYLE}</style></head><body>
<h1>Verification of ${escaped(location)}${prefix === '' ? '' : `, ${escaped(prefix)}`}</h1>
<p class="${verdict}"><strong>${verdict === 'ok' ? 'Nothing is wrong' : counted(findings.length, 'finding')}</strong></p>
<p>${escaped(summaryOf(verification))}.</p>
<p>${escaped(share)} ${isKafkaAsked ? 'Kafka was asked for its offsets.' : 'Kafka was not asked.'}</p>
<p>From ${escaped(head.startedAt)} to ${escaped(head.endedAt)}, Permafrost ${escaped(head.version)}.</p>
<h2>Findings</h2>
${findings.length === 0 ? '<p>None.</p>' : findingTable(findings)}
<h2>Coverage</h2>
${chains.length === 0 ? '<p>There are no archives.</p>' : chains.map(chainTable).join('\n')}
</body></html>
`;
}

function findingTable(findings: readonly Finding[]): string {
  const rows = findings.map(
    ({ kind, topic, partition, firstOffset, nextOffset, object, cause, meaning }) =>
      `<tr><td>${kind}</td><td>${escaped(topic)}/${partition}</td><td>${offsetsText(firstOffset, nextOffset)}</td><td>${escaped(cause)} ${escaped(meaning)}${object === null ? '' : `<br><code>${escaped(object)}</code>`}</td></tr>`,
  );
  return `<table><tr><th>What</th><th>Where</th><th>Offsets</th><th>Cause and meaning</th></tr>${rows.join('')}</table>`;
}

function chainTable({ topic, partition, life, log, stretches, isReduced }: VerifiedChain): string {
  const title = `${escaped(topic)}, partition ${partition}, life ${escaped(life)}`;
  const kafka =
    log === null
      ? ''
      : ` Kafka: ${log.earliest} to ${log.end}, committed ${log.committed === null ? 'nothing' : String(log.committed)}.`;
  const reduced = isReduced ? ' Some archives leave records out on purpose.' : '';
  const rows = stretches.map(
    (stretch) =>
      `<tr><td>${STRETCH_WORDS[stretch.kind]}</td><td>${offsetsText(stretch.firstOffset, stretch.nextOffset)}</td><td class="n">${stretch.archives}</td><td class="n">${stretch.records.toLocaleString('en')}</td><td>${escaped(holesText(stretch.holes))}</td></tr>`,
  );
  return `<h3>${title}</h3><p>${kafka}${reduced}</p><table><tr><th>Stretch</th><th>Offsets</th><th class="n">Archives</th><th class="n">Records</th><th>Offsets without a record</th></tr>${rows.join('')}</table>`;
}

/** "0 to 99"; an empty stretch has none. */
export function offsetsText(firstOffset: bigint, nextOffset: bigint): string {
  return nextOffset > firstOffset ? `${firstOffset} to ${nextOffset - 1n}` : `at ${firstOffset}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
