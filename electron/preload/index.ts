/** The bridge: the only thing that the page can reach. It carries the contract's requests and events, nothing else. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from '../../shared/ipc/contract';

const bridge: Bridge = {
  request: (name, params) => ipcRenderer.invoke(name, params),
  on: (name, listener) => {
    const channel = `event:${name}`;
    const forward = (_event: unknown, payload: Parameters<typeof listener>[0]): void => listener(payload);
    ipcRenderer.on(channel, forward);
    return () => ipcRenderer.removeListener(channel, forward);
  },
  pathOfFile: (file) => webUtils.getPathForFile(file as File),
};

contextBridge.exposeInMainWorld('permafrost', bridge);
