import { useEffect } from 'react';
import { pathOfFile } from '../ipc/client';
import { lookInsideFile } from '../stores/bucket';
import { frameStore, showScreen } from '../stores/frame';
import { sendStore } from '../stores/send';

/**
 * An archive dropped anywhere on the window is opened; any other file is ready to be sent. Nothing is sent before it is
 * asked for. On the Bucket screen every file is taken for an archive: decrypted, it looks like a file of messages.
 */
export function FileDrop() {
  useEffect(() => {
    const allow = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      event.preventDefault(); // else the window would show the file instead of the app
      if (frameStore.getState().dialog !== null) return;
      if (isArchive(file.name)) {
        lookInsideFile({ path: pathOfFile(file), name: file.name });
        return;
      }
      sendStore.setState({ tab: 'file', file: { path: pathOfFile(file), name: file.name, bytes: file.size } });
      showScreen('send');
    };
    window.addEventListener('dragover', allow);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', allow);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return null;
}

function isArchive(name: string): boolean {
  return frameStore.getState().screen === 'bucket' || /\.(age|permafrost|jsonl\.(gz|zst))$/.test(name);
}
