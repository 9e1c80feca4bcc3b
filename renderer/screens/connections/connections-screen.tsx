import { SANDBOX } from '../../../shared/model/connection';
import { ScreenPage } from '../../frame/screen-page';
import { isNew, savedIn } from '../../stores/connections';
import { useConnections } from '../../stores/hooks';
import { ConnectionEditor } from './connection-editor';
import { ConnectionList } from './connection-list';
import classes from './connections-screen.module.css';
import { SandboxPage } from './sandbox-page';

/** Which Kafka and which bucket: the sandbox, and the user's own. */
export function ConnectionsScreen() {
  const selected = useConnections((state) => state.selected);
  const isThere = useConnections((state) => isNew(state.selected) || savedIn(state, state.selected) !== null);
  return (
    <ScreenPage
      title="Connections"
      sentence="where messages come from, and where archives go"
      className={classes.screen}
    >
      <ConnectionList />
      {selected === SANDBOX || !isThere ? <SandboxPage /> : <ConnectionEditor key={selected} id={selected} />}
    </ScreenPage>
  );
}
