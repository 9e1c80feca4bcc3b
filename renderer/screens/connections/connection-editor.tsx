import { Button, TextInput } from '@mantine/core';
import { IconCopy, IconTrash } from '@tabler/icons-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { SANDBOX } from '../../../shared/model/connection';
import { Banner } from '../../components/banner';
import { Card } from '../../components/card';
import { saveConnection, testConnection } from '../../stores/connection-actions';
import { discard, duplicate, isChanged, isNew, isTesting } from '../../stores/connections';
import { frameStore, openDialog } from '../../stores/frame';
import { useConnections, useLive } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import { ArchivingPart } from './archiving-part';
import classes from './connections-screen.module.css';
import { DestinationPart } from './destination-part';
import { FormPart } from './form-part';
import { KafkaPart } from './kafka-part';
import { SecretsPart } from './secrets-part';
import { TestPanel } from './test-panel';
import { UseButton } from './use-button';
import { focusField, useEditor, type Editor } from './use-editor';

/** One connection: its form, the test of what is typed, and what can be done with it. */
export function ConnectionEditor(props: { readonly id: string }) {
  const { id } = props;
  const editor = useEditor(id);
  const [refused, setRefused] = useState<{ readonly path: string } | null>(null);
  useEffect(() => {
    if (refused !== null) focusField(refused.path);
  }, [refused]);
  const run = (action: (key: string) => Promise<string | null>): void =>
    void action(id).then((path) => path !== null && setRefused({ path }));
  const save = (): void => run(saveConnection);
  useSaveKey(save);
  const isInUse = useConnections(({ view }) => view?.active === id);
  const hasTest = useConnections(({ started }) => started[id] !== undefined);
  if (editor === null) return null;
  return (
    <Card className={classes.editor}>
      <form
        className={classes.form}
        aria-label="Connection"
        noValidate
        onKeyDown={leaveFieldOnEscape}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Head id={id} name={editor.form.name} />
        <div className={classes.scroll}>
          <ArchivingNotice id={id} />
          <div className={classes.parts}>
            <div>
              <FormPart title="Name">
                <TextInput
                  aria-label="Name"
                  placeholder="Orders, production"
                  {...editor.text('name', 'draft.name')}
                  {...(isNew(id) ? { autoFocus: true } : {})}
                />
              </FormPart>
              <KafkaPart editor={editor} />
            </div>
            <div>
              <DestinationPart editor={editor} />
              <SecretsPart editor={editor} />
              <ArchivingPart editor={editor} isInUse={isInUse} />
            </div>
          </div>
        </div>
        {hasTest && <TestPanel id={id} name={editor.form.name} />}
        <Foot id={id} editor={editor} onTest={() => run(testConnection)} />
      </form>
    </Card>
  );
}

/** Ctrl/Cmd+S saves, wherever the keyboard is on this screen. */
function useSaveKey(save: () => void): void {
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => {
    const act = (event: globalThis.KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      if (frameStore.getState().dialog === null) latest.current();
    };
    window.addEventListener('keydown', act);
    return () => window.removeEventListener('keydown', act);
  }, []);
}

/** An open list of choices closes first. */
function leaveFieldOnEscape(event: KeyboardEvent): void {
  const field = event.target;
  if (event.key !== 'Escape' || !(field instanceof HTMLInputElement)) return;
  if (field.getAttribute('aria-expanded') !== 'true') field.blur();
}

function Head(props: { readonly id: string; readonly name: string }) {
  const { id } = props;
  const name = props.name.trim() === '' ? 'New connection' : props.name;
  const isInUse = useConnections(({ view }) => (view?.active ?? SANDBOX) === id);
  return (
    <div className={classes.head}>
      <h2 className={`${classes.name ?? ''} ellipsis`} title={name}>
        {name}
      </h2>
      {!isNew(id) && <UseButton id={id} />}
      {!isNew(id) && (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          leftSection={<IconCopy size={15} />}
          onClick={() => duplicate(id)}
        >
          Duplicate
        </Button>
      )}
      {!isNew(id) && (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          leftSection={<IconTrash size={15} />}
          disabled={isInUse}
          title={isInUse ? 'It is in use: use another one first' : undefined}
          onClick={() => openDialog({ kind: 'remove-connection', id, name })}
        >
          Remove
        </Button>
      )}
    </div>
  );
}

function useIsArchivedWith(id: string): boolean {
  return useLive(({ archiver, connection }) => connection.id === id && isArchiving(archiver.state)) ?? false;
}

function ArchivingNotice(props: { readonly id: string }) {
  if (!useIsArchivedWith(props.id)) return null;
  return (
    <div className={classes.notice}>
      <Banner tone="info" title="Archiving is running with this connection.">
        Stop archiving, then changes can be saved.
      </Banner>
    </div>
  );
}

function Foot(props: { readonly id: string; readonly editor: Editor; readonly onTest: () => void }) {
  const { id, editor } = props;
  const hasChanges = useConnections((state) => isChanged(state, id));
  const isBusy = useConnections((state) => isTesting(state, id));
  const isArchived = useIsArchivedWith(id);
  const problem = editor.draft.problems[''] ?? hiddenProblem(editor.draft.problems);
  return (
    <div className={classes.foot}>
      {problem === undefined ? (
        <span className="dim">{hasChanges ? 'Not saved yet' : ''}</span>
      ) : (
        <span className={classes.problem} role="alert">
          {problem}
        </span>
      )}
      {hasChanges && (
        <Button variant="subtle" color="gray" onClick={() => discard(id)}>
          {isNew(id) ? 'Discard' : 'Discard changes'}
        </Button>
      )}
      <Button variant="light" disabled={isBusy} onClick={props.onTest}>
        {isBusy ? 'Testing' : 'Test'}
      </Button>
      <Button
        type="submit"
        disabled={!hasChanges || isArchived}
        loading={editor.draft.isSaving}
        title={isArchived ? 'Stop archiving first' : 'Ctrl S'}
      >
        Save
      </Button>
    </div>
  );
}

/** What no field of the form shows is said at its foot. */
function hiddenProblem(problems: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(problems).find(([path]) => !SHOWN.test(path))?.[1];
}

const SHOWN =
  /^(draft\.(name|kafka\.(brokers|tls\.|login\.)|destination\.(login\.email|endpoint|projectId|userProject|bucket|prefix|folder)|archiving\.(archiverGroup|pipelineGroup|start))|secrets\.|keeping|acceptsObfuscation)/;
