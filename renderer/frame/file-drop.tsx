import { useEffect } from 'react';
import { pathOfFile } from '../ipc/client';
import { frameStore, showScreen } from '../stores/frame';
import { sendStore } from '../stores/send';

/** A file dropped anywhere on the window is ready to be sent. Nothing is sent before it is asked for. */
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
