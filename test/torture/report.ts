import type { TortureOptions, TortureReport } from './run';

/** What a run has shown, in lines for a person. */
export function describeReport(report: TortureReport, { seed, faults, isReal }: TortureOptions): string {
  const { seconds } = report;
  const total = [...report.faults.values()].reduce((sum, count) => sum + count, 0);
  const lines = [
    table('faults', report.faults),
    `${total} faults in ${seconds.faults} s, ${report.membersStarted} members started, ${report.ownEnds.length} of them ended by themselves as they started`,
    `asked to end under faults: ${[...report.stops].map(([how, count]) => `${count} ${how}`).join(', ') || 'none'}`,
    `caught up in ${seconds['caught up']} s, drained in ${seconds.drained} s, verified in ${seconds.verified} s`,
    `${report.records} records in ${report.objects} objects, ${report.encrypted} of them encrypted; the bucket was looked at ${report.looks} times`,
    `${report.acknowledged} records acknowledged, ${report.aborted} aborted, ${report.unclear} sends unclear`,
  ];
  if (report.defects.length === 0) return [...lines, 'nothing lost, nothing doubled, nothing changed'].join('\n');
  const again = `npm run torture -- --seed ${seed} --faults ${faults}${isReal ? ' --real' : ''}`;
  return [...lines, 'DEFECTS', ...report.defects, `Everything is kept in ${report.folder}. Again: ${again}`].join('\n');
}

function table(title: string, counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort(([a], [b]) => a.localeCompare(b));
  return [title, ...rows.map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`)].join('\n');
}
