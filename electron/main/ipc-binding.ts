/** Binds the contract to the main process: parameters are parsed before a handler sees them, errors leave as data. */
import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import type { z } from 'zod';
import { PermafrostError, toPlainError } from '../../shared/errors';
import {
  requests,
  type EventName,
  type Events,
  type Reply,
  type RequestName,
  type Requests,
  type RequestResult,
} from '../../shared/ipc/contract';

/** One function per request of the contract; its parameters are parsed already. */
export type RequestHandlers = {
  readonly [Name in RequestName]: (
    params: z.output<Requests[Name]['params']>,
  ) => RequestResult<Name> | Promise<RequestResult<Name>>;
};

export function bindRequests(handlers: RequestHandlers, isOurs: (event: IpcMainInvokeEvent) => boolean): void {
  for (const name of Object.keys(requests) as RequestName[]) {
    ipcMain.handle(name, async (event, params: unknown): Promise<Reply<unknown>> => {
      try {
        if (!isOurs(event)) throw new PermafrostError('INPUT_INVALID', 'This page may not ask for anything.');
        return { ok: true, value: await answer(handlers, name, params) };
      } catch (thrown) {
        return { ok: false, error: toPlainError(thrown) };
      }
    });
  }
}

function answer(handlers: RequestHandlers, name: RequestName, params: unknown): unknown {
  const parsed = requests[name].params.safeParse(params);
  if (!parsed.success) throw invalid(parsed.error);
  const handler = handlers[name] as (params: unknown) => unknown;
  return handler(parsed.data);
}

/** The first field that does not fit, in words; context.field names it. */
function invalid(error: z.ZodError): PermafrostError {
  const issue = error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const message = issue?.message ?? 'The input does not fit';
  return new PermafrostError('INPUT_INVALID', field === '' ? message : `${field}: ${message}`, { context: { field } });
}

/** Sends events to the window; does nothing once it is gone. */
export function eventSender(window: () => BrowserWindow | null) {
  return <Name extends EventName>(name: Name, payload: Events[Name]): void => {
    const target = window();
    if (target !== null && !target.isDestroyed()) target.webContents.send(`event:${name}`, payload);
  };
}
