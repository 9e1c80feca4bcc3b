/** A bridge whose answers a test gives, since the main process is not here; and what Mantine needs around a component. */
import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { toPlainError } from '../../shared/errors';
import type { Bridge, EventName, Events, RequestName, RequestParams, RequestResult } from '../../shared/ipc/contract';
import type { ArchiveRow, ObjectRow, SnapshotRow } from '../../shared/model/archive';

type Answers = {
  readonly [Name in RequestName]?: (params: RequestParams<Name>) => RequestResult<Name> | Promise<RequestResult<Name>>;
};

export interface FakeBridge {
  /** what was asked, in order */
  readonly asked: { readonly name: RequestName; readonly params: unknown }[];
  readonly emit: <Name extends EventName>(name: Name, payload: Events[Name]) => void;
}

/** Puts a bridge on the window. An answer that throws becomes an error reply, as main's binding does it. */
export function installBridge(answers: Answers): FakeBridge {
  const asked: FakeBridge['asked'] = [];
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const bridge: Bridge = {
    request: async (name, params) => {
      asked.push({ name, params });
      try {
        const answer = answers[name] as ((given: unknown) => unknown) | undefined;
        if (answer === undefined) throw new Error(`The test has no answer to ${name}`);
        return { ok: true, value: (await answer(params)) as never };
      } catch (thrown) {
        return { ok: false, error: toPlainError(thrown) };
      }
    },
    on: (name, listener) => {
      const known = listeners.get(name) ?? new Set();
      listeners.set(name, known.add(listener));
      return () => known.delete(listener);
    },
    pathOfFile: () => '/dropped.jsonl',
  };
  Object.defineProperty(window, 'permafrost', { value: bridge, configurable: true });
  return {
    asked,
    emit: (name, payload) => listeners.get(name)?.forEach((listener) => listener(payload as never)),
  };
}

export function show(children: ReactNode) {
  return render(
    <MantineProvider env="test" forceColorScheme="light">
      {children}
    </MantineProvider>,
  );
}

/** A row of the bucket's list, with what the test cares about. */
export function archiveObject(
  firstOffset: number,
  { partition = 0, topic = 'archivetest', ...archive }: Partial<ArchiveRow> = {},
  object: Partial<ObjectRow> = {},
): ObjectRow {
  return {
    name: `archive/${topic}/life/partition=${partition}/${String(firstOffset).padStart(20, '0')}.permafrost`,
    generation: '1',
    storedBytes: 1_000,
    crc32c: 'AAAAAA==',
    storageClass: 'NEARLINE',
    createdAt: Date.UTC(2026, 0, 1),
    snapshot: null,
    problem: null,
    archive: {
      topic,
      topicId: 'life',
      partition,
      firstOffset: String(firstOffset),
      nextOffset: String(firstOffset + 100),
      records: 100,
      gap: null,
      dropped: 0,
      reduction: null,
      firstTimestamp: String(Date.UTC(2026, 0, 1)),
      lastTimestamp: String(Date.UTC(2026, 0, 1, 1)),
      rawBytes: 10_000,
      encodedBytes: 13_000,
      compressedBytes: 900,
      codec: 'zstd',
      recipients: ['SHA256:key-one'],
      opens: true,
      ...archive,
    },
    ...object,
  };
}

export function snapshotObject(snapshot: Partial<SnapshotRow> = {}): ObjectRow {
  return {
    ...archiveObject(0),
    name: 'archive/@snapshots/cluster/20260101T000000Z.json.age',
    archive: null,
    snapshot: { clusterId: 'cluster', topics: 1, groups: 2, recipients: ['SHA256:key-one'], opens: true, ...snapshot },
  };
}

export function otherObject(name: string): ObjectRow {
  return { ...archiveObject(0), name, archive: null };
}
