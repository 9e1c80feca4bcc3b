/** Names of snapshots: `<prefix>/@snapshots/<cluster id>/<yyyymmddThhmmssZ>.json[.age]`; "@" is in no topic's name. */

/** What the snapshots of a cluster are listed by. */
export function snapshotPrefix(prefix: string, clusterId: string): string {
  return `${prefix === '' ? '' : `${prefix}/`}@snapshots/${clusterId}/`;
}

/** @param takenAt ms since 1970 */
export function snapshotName(prefix: string, clusterId: string, takenAt: number, isEncrypted: boolean): string {
  const time = new Date(takenAt).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${snapshotPrefix(prefix, clusterId)}${time}.json${isEncrypted ? '.age' : ''}`;
}

export function isSnapshotName(name: string): boolean {
  return /(^|\/)@snapshots\/[^/]+\/\d{8}T\d{6}Z\.json(\.age)?$/.test(name);
}
