import type { SortColumn } from '../../../shared/model/catalog';

export interface Column {
  readonly id: SortColumn | 'opens';
  readonly name: string;
  /** CSS width */
  readonly width: string;
  readonly isRight: boolean;
  /** left out when the table is narrower, in px */
  readonly from: number;
}

const COLUMNS: readonly Column[] = [
  { id: 'offsets', name: 'Offsets', width: 'minmax(148px, 1.3fr)', isRight: false, from: 0 },
  { id: 'times', name: 'Message times', width: 'minmax(214px, 1.5fr)', isRight: false, from: 890 },
  { id: 'records', name: 'Messages', width: 'minmax(82px, 0.7fr)', isRight: true, from: 0 },
  { id: 'raw', name: 'Raw', width: 'minmax(82px, 0.8fr)', isRight: true, from: 980 },
  { id: 'stored', name: 'Stored', width: 'minmax(80px, 0.7fr)', isRight: true, from: 0 },
  { id: 'ratio', name: 'of raw', width: '66px', isRight: true, from: 520 },
  { id: 'opens', name: 'Opens with', width: '136px', isRight: false, from: 620 },
  { id: 'codec', name: 'Codec', width: '72px', isRight: false, from: 1150 },
  { id: 'class', name: 'Class', width: '92px', isRight: false, from: 1240 },
  { id: 'created', name: 'Age', width: '84px', isRight: true, from: 720 },
];

/** The columns that fit; offsets, messages and stored always do. */
export function columnsFor(width: number): readonly Column[] {
  return COLUMNS.filter(({ from }) => width >= from);
}

export function gridOf(columns: readonly Column[], hasPlace: boolean): string {
  return ['38px', ...(hasPlace ? ['minmax(92px, 0.9fr)'] : []), ...columns.map(({ width }) => width)].join(' ');
}
