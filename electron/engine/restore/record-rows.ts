import type { RecordRow } from '../../../shared/model/archive';
import type { ArchivedLine } from '../segment/record';
import { showBytes, shownSize } from './shown-bytes';

/** One line of an archive as a person can see it. */
export function rowOfLine(line: ArchivedLine): RecordRow {
  switch (line.kind) {
    case 'record':
      return {
        kind: 'record',
        offset: line.offset.toString(),
        timestamp: line.timestamp.toString(),
        key: showBytes(line.key),
        value: showBytes(line.value),
        headers: line.headers.map(([name, value]) => ({ name: showBytes(name), value: showBytes(value) })),
      };
    case 'corrupt':
      return {
        kind: 'corrupt',
        offset: line.offset.toString(),
        lastOffset: line.lastOffset.toString(),
        bytes: line.bytes.length,
      };
  }
}

/** How much of a row is shown: what it takes to send it to the window. */
export function rowSize(row: RecordRow): number {
  if (row.kind === 'corrupt') return 0;
  const headers = row.headers.reduce((sum, { name, value }) => sum + shownSize(name) + shownSize(value), 0);
  return shownSize(row.key) + shownSize(row.value) + headers;
}
