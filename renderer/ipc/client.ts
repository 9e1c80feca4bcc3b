/** The renderer's side of the contract: one typed call, one typed subscription. */
import { fromPlainError } from '../../shared/errors';
import type { Bridge, EventName, Events, RequestName, RequestParams, RequestResult } from '../../shared/ipc/contract';

declare global {
  interface Window {
    /** put there by the preload */
    readonly permafrost: Bridge;
  }
}

/** @throws PermafrostError as the main process gave it */
export async function request<Name extends RequestName>(
  name: Name,
  ...params: undefined extends RequestParams<Name> ? [] : [RequestParams<Name>]
): Promise<RequestResult<Name>> {
  const reply = await window.permafrost.request(name, params[0] as RequestParams<Name>);
  if (!reply.ok) throw fromPlainError(reply.error);
  return reply.value;
}

/** @returns a function that ends the subscription */
export function on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void {
  return window.permafrost.on(name, listener);
}

/** The path of a file that was dropped on the window. */
export function pathOfFile(file: File): string {
  return window.permafrost.pathOfFile(file);
}
