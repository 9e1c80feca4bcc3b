import { Button, UnstyledButton } from '@mantine/core';
import { IconPencil, IconPlugConnected, IconPlus, IconSnowflake, type Icon } from '@tabler/icons-react';
import { SANDBOX, type ConnectionView } from '../../../shared/model/connection';
import { Card } from '../../components/card';
import { StateMark } from '../../components/state-mark';
import { connectionText, connectionWord, missingSecrets } from '../../format/connection-words';
import { isChanged, isNew, newConnection, select, type Draft } from '../../stores/connections';
import { useConnections, useLive } from '../../stores/hooks';
import classes from './connections-screen.module.css';

const NONE: readonly ConnectionView[] = [];

/** The sandbox first, then those with a name; one is in use. */
export function ConnectionList() {
  const saved = useConnections(({ view }) => view?.connections ?? NONE);
  const drafts = useConnections((state) => state.drafts);
  const newOnes = Object.entries(drafts).filter(([key]) => isNew(key));
  return (
    <Card className={classes.side}>
      <ul className={classes.list} aria-label="Connections">
        <Item id={SANDBOX} name="Sandbox" text="Built in, on this computer alone" icon={IconSnowflake} />
        {saved.map((view) => (
          <Item
            key={view.connection.id}
            id={view.connection.id}
            name={view.connection.name}
            text={connectionText(view.connection)}
            icon={IconPlugConnected}
            lacksSecrets={missingSecrets(view).length > 0}
          />
        ))}
        {newOnes.map(([key, draft]) => (
          <Item key={key} id={key} name={nameOf(draft)} text="Not saved yet" icon={IconPlugConnected} />
        ))}
      </ul>
      <Button
        variant="default"
        className={classes.new}
        leftSection={<IconPlus size={16} />}
        onClick={() => newConnection()}
      >
        New connection
      </Button>
    </Card>
  );
}

function nameOf({ form }: Draft): string {
  return form.name.trim() === '' ? 'New connection' : form.name;
}

function Item(props: {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly icon: Icon;
  readonly lacksSecrets?: boolean;
}) {
  const { id, name, text, icon: Icon } = props;
  const isSelected = useConnections(({ selected }) => selected === id);
  const hasChanges = useConnections((state) => isChanged(state, id));
  return (
    <li>
      <UnstyledButton
        className={classes.item}
        aria-current={isSelected ? 'true' : undefined}
        onClick={() => select(id)}
      >
        <Icon size={20} stroke={1.6} aria-hidden />
        <span className={classes.itemText}>
          <span className={classes.itemName}>
            <strong className="ellipsis" title={name}>
              {name}
            </strong>
            {hasChanges && (
              <IconPencil
                size={14}
                className={classes.changed}
                role="img"
                aria-label="Has changes that are not saved"
              />
            )}
          </span>
          <small className="ellipsis" title={text}>
            {text}
          </small>
          <InUse id={id} />
          {props.lacksSecrets === true && <StateMark tone="warn" word="Needs its secrets" size={14} />}
        </span>
      </UnstyledButton>
    </li>
  );
}

/** How it is, on the one in use. */
function InUse(props: { readonly id: string }) {
  const { id } = props;
  const isActive = useConnections(({ view }) => (view?.active ?? SANDBOX) === id);
  const isSwitching = useConnections(({ switchingTo }) => switchingTo === id);
  const isShown = useLive(({ connection }) => connection.id === id) ?? false;
  const state = useLive(({ connection }) => connection.state) ?? 'starting';
  if (!isActive && !isSwitching) return null;
  if (!isActive || !isShown) return <StateMark tone="busy" word="Switching to it" size={14} />;
  const { word, tone } = connectionWord({ state, isSandbox: id === SANDBOX });
  return <StateMark tone={tone} word={`In use, ${word.toLowerCase()}`} size={14} testId="connection-in-use" />;
}
