import { Button, Select, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { request } from '../../ipc/client';
import type { ConnectionForm, GoogleLoginKind } from '../../stores/connection-form';
import classes from './connections-screen.module.css';
import { ChosenField, FormPart } from './form-part';
import { useKeepingText } from './secret-field';
import type { Editor } from './use-editor';

const KINDS: readonly { readonly value: ConnectionForm['destination']; readonly label: string }[] = [
  { value: 'cloud-storage', label: 'Google Cloud Storage' },
  { value: 'folder', label: 'A folder on this computer' },
];

const LOGINS: readonly { readonly value: GoogleLoginKind; readonly label: string }[] = [
  { value: 'default', label: 'Application default credentials' },
  { value: 'service-account', label: 'Service account, by its JSON file' },
  { value: 'anonymous', label: 'None (anonymous)' },
];

/** Where archives go. */
export function DestinationPart(props: { readonly editor: Editor }) {
  const { editor } = props;
  const { form, edit } = editor;
  const isFolder = form.destination === 'folder';
  return (
    <FormPart title="Destination">
      <Select
        label="Archives go to"
        data={KINDS}
        value={form.destination}
        onChange={(destination) => edit({ destination: destination ?? form.destination })}
      />
      <TextInput
        label="Prefix"
        description="In front of every archive's name; may be empty"
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        {...editor.text('prefix', 'draft.destination.prefix')}
      />
      {isFolder ? <FolderField editor={editor} /> : <CloudStorageFields editor={editor} />}
    </FormPart>
  );
}

function FolderField(props: { readonly editor: Editor }) {
  const { form, draft, edit, attemptAt } = props.editor;
  const path = 'draft.destination.folder';
  const choose = async (): Promise<void> => {
    const folder = await request('connection.chooseFolder');
    if (folder !== null) edit({ folder }, path);
  };
  return (
    <ChosenField
      label="Folder"
      description="On a file system with hard links; a network drive may have none"
      error={draft.problems[path]}
      path={path}
      isWide
      actions={
        <Button variant="default" size="compact-sm" onClick={() => attemptAt(path, choose)}>
          {form.folder === '' ? 'Choose folder' : 'Choose another'}
        </Button>
      }
    >
      {form.folder === '' ? (
        <span className="dim">None chosen</span>
      ) : (
        <span className="mono ellipsis" title={form.folder}>
          {form.folder}
        </span>
      )}
    </ChosenField>
  );
}

function CloudStorageFields(props: { readonly editor: Editor }) {
  const { editor } = props;
  const { form, edit } = editor;
  return (
    <>
      <TextInput label="Bucket" placeholder="my-archive" {...editor.text('bucket', 'draft.destination.bucket')} />
      <Select
        label="Login"
        data={LOGINS}
        value={form.googleLogin}
        onChange={(googleLogin) => edit({ googleLogin: googleLogin ?? form.googleLogin })}
      />
      {form.googleLogin === 'default' && (
        <p className={classes.hint}>
          From GOOGLE_APPLICATION_CREDENTIALS, from <span className="mono">gcloud auth application-default login</span>,
          or of the machine itself in Google Cloud.
        </p>
      )}
      {form.googleLogin === 'service-account' && <ServiceAccountField editor={editor} />}
      <MoreFields editor={editor} />
    </>
  );
}

function ServiceAccountField(props: { readonly editor: Editor }) {
  const { editor } = props;
  const { form, draft, kept } = editor;
  const path = 'secrets.serviceAccount';
  const keeping = useKeepingText(editor);
  const isThere = draft.secrets.serviceAccount !== undefined || kept.includes('serviceAccount');
  const choose = async (): Promise<void> => {
    const chosen = await request('connection.chooseServiceAccount');
    if (chosen === null) return;
    editor.edit({ account: chosen.email }, 'draft.destination.login.email');
    editor.editSecret('serviceAccount', chosen.json, chosen.fileName);
  };
  return (
    <ChosenField
      label="Service account"
      description={keeping}
      error={draft.problems[path] ?? draft.problems['draft.destination.login.email']}
      path={draft.problems['draft.destination.login.email'] === undefined ? path : 'draft.destination.login.email'}
      isWide
      actions={
        <Button variant="default" size="compact-sm" onClick={() => editor.attemptAt(path, choose)}>
          {form.account === '' ? 'Choose file' : 'Replace'}
        </Button>
      }
    >
      {form.account === '' ? (
        <span className="dim">The JSON file that Google gives for one of its keys</span>
      ) : (
        <span className="ellipsis" title={form.account}>
          {form.account}
          {!isThere && <span className="dim">, choose its file again</span>}
        </span>
      )}
    </ChosenField>
  );
}

const MORE = ['endpoint', 'projectId', 'userProject'] as const;

/** For few: shown when one of them is filled in or refused. */
function MoreFields(props: { readonly editor: Editor }) {
  const { editor } = props;
  const { form, draft } = editor;
  const [isOpen, setOpen] = useState(MORE.some((name) => form[name] !== ''));
  const isShown = isOpen || MORE.some((name) => draft.problems[`draft.destination.${name}`] !== undefined);
  const Icon = isShown ? IconChevronDown : IconChevronRight;
  return (
    <>
      <div className={classes.wide}>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className={classes.more}
          leftSection={<Icon size={15} />}
          aria-expanded={isShown}
          onClick={() => setOpen(!isShown)}
        >
          More: endpoint, projects
        </Button>
      </div>
      {isShown && (
        <>
          <TextInput
            className={classes.wide}
            label="Endpoint"
            description="In place of Google's own: an emulator, a private endpoint"
            placeholder="https://storage.googleapis.com"
            {...editor.text('endpoint', 'draft.destination.endpoint')}
          />
          <TextInput
            label="Project"
            description="Where buckets are made and listed"
            placeholder="That of the login"
            {...editor.text('projectId', 'draft.destination.projectId')}
          />
          <TextInput
            label="User project"
            description="Pays where a bucket leaves it to who asks"
            placeholder="None"
            {...editor.text('userProject', 'draft.destination.userProject')}
          />
        </>
      )}
    </>
  );
}
