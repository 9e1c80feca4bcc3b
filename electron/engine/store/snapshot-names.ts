/** Names of snapshots: `<prefix>/@snapshots/<cluster id>/<yyyymmddThhmmssZ>.json[.age]`; "@" is in no topic's name. */

export interface SnapshotName {
  readonly clusterId: string;
  /** ms since 1970, whole seconds */
  readonly takenAt: number;
  readonly isEncrypted: boolean;
}

const FOLDER = '@snapshots';
const NAME = /(?:^|\/)@snapshots\/([^/]+)\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.json(\.age)?$/;

/** What the snapshots of a cluster are listed by; of all clusters without one. */
export function snapshotPrefix(prefix: string, clusterId?: string): string {
  const folder = `${prefix === '' ? '' : `${prefix}/`}${FOLDER}/`;
  return clusterId === undefined ? folder : `${folder}${clusterId}/`;
}

/** @param takenAt ms since 1970 */
export function snapshotName(prefix: string, clusterId: string, takenAt: number, isEncrypted: boolean): string {
  const ending = isEncrypted ? '.json.age' : '.json';
  return `${snapshotPrefix(prefix, clusterId)}${timeInName(takenAt)}${ending}`;
}

/** `yyyymmddThhmmssZ`, which sorts by time. */
export function timeInName(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

/** @returns null for a name that is not a snapshot's, under whatever prefix */
export function parseSnapshotName(name: string): SnapshotName | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, clusterId = '', year, month, day, hour, minute, second, ending] = match;
  const takenAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(takenAt) ? null : { clusterId, takenAt, isEncrypted: ending !== undefined };
}

export function isSnapshotName(name: string): boolean {
  return parseSnapshotName(name) !== null;
}
