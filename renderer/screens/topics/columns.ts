import type { TopicColumn } from '../../stores/topic-lines';

export interface Column {
  readonly id: TopicColumn;
  readonly name: string;
  /** CSS width */
  readonly width: string;
  readonly isRight: boolean;
  /** left out when the table is narrower, in px */
  readonly from: number;
}

const COLUMNS: readonly Column[] = [
  { id: 'name', name: 'Topic', width: 'minmax(150px, 2fr)', isRight: false, from: 0 },
  { id: 'partitions', name: 'Partitions', width: '92px', isRight: true, from: 720 },
  { id: 'replicas', name: 'Replicas', width: '84px', isRight: true, from: 1060 },
  { id: 'size', name: 'Size', width: 'minmax(92px, 0.6fr)', isRight: true, from: 0 },
  { id: 'keeping', name: 'Kept by Kafka', width: 'minmax(128px, 1.4fr)', isRight: false, from: 600 },
  { id: 'lag', name: 'Lag', width: 'minmax(94px, 0.6fr)', isRight: true, from: 0 },
  { id: 'behind', name: 'Behind', width: 'minmax(84px, 0.6fr)', isRight: true, from: 820 },
  { id: 'state', name: 'State', width: '164px', isRight: false, from: 0 },
];

/** The columns that fit; topic, size, lag and state always do. */
export function columnsFor(width: number): readonly Column[] {
  return COLUMNS.filter(({ from }) => width >= from);
}

/** @param hasWatch a topic can be shown in Live */
export function gridOf(columns: readonly Column[], hasWatch: boolean): string {
  return ['40px', ...columns.map(({ width }) => width), ...(hasWatch ? ['44px'] : [])].join(' ');
}
