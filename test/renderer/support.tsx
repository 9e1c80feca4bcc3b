/** A bridge whose answers a test gives, since the main process is not here; and what Mantine needs around a component. */
import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { toPlainError } from '../../shared/errors';
import type { Bridge, EventName, Events, RequestName, RequestParams, RequestResult } from '../../shared/ipc/contract';

export { archiveObject, otherObject, snapshotObject } from '../rows';

export type Answers = {
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
