import { Anchor, Switch, TextInput } from '@mantine/core';
import { StartFields } from '../../components/start-fields';
import { showScreen } from '../../stores/frame';
import classes from './connections-screen.module.css';
import { FormPart } from './form-part';
import type { Editor } from './use-editor';

/** As whom the cluster is read, and from where on. */
export function ArchivingPart(props: { readonly editor: Editor; readonly isInUse: boolean }) {
  const { editor } = props;
  const { form, draft, edit } = editor;
  return (
    <FormPart title="Archiving" note={<WhereTopicsAre isInUse={props.isInUse} />}>
      <TextInput
        label="Archiver group"
        description="Consumer group that stores"
        {...editor.text('archiverGroup', 'draft.archiving.archiverGroup')}
      />
      <StartFields
        start={form.start}
        problem={draft.problems['draft.archiving.start']}
        path="draft.archiving.start"
        onChange={(start) => edit({ start }, 'draft.archiving.start')}
      />
      <Switch
        className={classes.wide}
        label="Read along with a second group, and compare what both saw"
        description="Kafka is then read twice: for trying things out, not needed for archives"
        checked={form.readsAlong}
        onChange={(event) => edit({ readsAlong: event.currentTarget.checked })}
      />
      {form.readsAlong && (
        <TextInput
          className={classes.wide}
          label="Group that reads along"
          description="A name of its own. Never your real pipeline's group: Permafrost would take its partitions, and its messages with them"
          {...editor.text('pipelineGroup', 'draft.archiving.pipelineGroup')}
        />
      )}
    </FormPart>
  );
}

function WhereTopicsAre(props: { readonly isInUse: boolean }) {
  if (!props.isInUse) return 'Which topics are archived is chosen in Topics, once this connection is in use.';
  return (
    <>
      Which topics are archived is chosen in{' '}
      <Anchor component="button" type="button" inherit onClick={() => showScreen('topics')}>
        Topics
      </Anchor>
      .
    </>
  );
}
