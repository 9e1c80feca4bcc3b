/** Connections for the tests of the renderer, and the store as it is at the start. */
import { connectionsStore } from '../../renderer/stores/connections';
import { settingsStore } from '../../renderer/stores/settings';
import type { AppInfo } from '../../shared/ipc/contract';
import { SANDBOX, type Connection, type ConnectionView } from '../../shared/model/connection';
import { DEFAULT_SETTINGS } from '../../shared/model/settings';

export const ORDERS: Connection = {
  id: 'orders',
  name: 'Orders',
  kafka: {
    brokers: ['kafka-1:9093', 'kafka-2:9093'],
    tls: { ca: null, certificate: null },
    login: { kind: 'password', mechanism: 'scram-sha-512', username: 'permafrost' },
  },
  destination: {
    kind: 'cloud-storage',
    login: { kind: 'default' },
    endpoint: null,
    projectId: null,
    userProject: null,
    bucket: 'orders-archive',
    prefix: 'archive',
  },
  archiving: {
    topics: { names: ['orders'], patterns: [] },
    archiverGroup: 'archiver',
    start: 'earliest',
    watched: null,
    pipelineGroup: null,
  },
};

export const ORDERS_VIEW: ConnectionView = { connection: ORDERS, secrets: ['password'], keeping: 'stored' };

export const INFO: AppInfo = {
  version: '0.1.0',
  electron: '45.4.1',
  platform: 'linux',
  dataDir: '/data',
  secretStorage: 'keyring',
  setAside: [],
  defaultSettings: DEFAULT_SETTINGS,
};

/** @param connections saved ones; the sandbox is in use */
export function withConnections(connections: readonly ConnectionView[], info: Partial<AppInfo> = {}): void {
  settingsStore.setState({ settings: DEFAULT_SETTINGS, info: { ...INFO, ...info } });
  connectionsStore.setState({
    view: { active: SANDBOX, connections: structuredClone(connections) },
    selected: SANDBOX,
    drafts: {},
    started: {},
    tests: {},
    switchingTo: null,
  });
}
