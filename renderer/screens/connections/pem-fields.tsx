import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { asPermafrostError } from '../../../shared/errors';
import type { PemDescription } from '../../../shared/ipc/connection-requests';
import { StateMark } from '../../components/state-mark';
import { validityWord } from '../../format/connection-words';
import { count, utcTime } from '../../format/format';
import { request } from '../../ipc/client';
import { useNow } from '../../stores/hooks';
import classes from './connections-screen.module.css';
import { ChosenField } from './form-part';
import { useKeepingText } from './secret-field';
import type { Editor } from './use-editor';

interface CertificateFieldProps {
  readonly editor: Editor;
  readonly name: 'ca' | 'certificate';
  readonly label: string;
  readonly description: string;
  readonly none: string;
}

/** Certificates from a PEM file: whose they are, and until when they hold. */
export function CertificateField(props: CertificateFieldProps) {
  const { editor, name } = props;
  const pem = editor.form[name];
  const path = `draft.kafka.tls.${name}`;
  const { problems, files } = editor.draft;
  const choose = async (): Promise<void> => {
    const chosen = await request('connection.choosePem', { what: 'certificate' });
    if (chosen === null) return;
    editor.edit({ [name]: chosen.pem }, path);
    editor.change({ files: { ...files, [path]: chosen.fileName } });
  };
  return (
    <ChosenField
      label={props.label}
      description={props.description}
      error={problems[path]}
      path={path}
      actions={
        <>
          {pem !== null && name === 'certificate' && (
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => editor.edit({ certificate: null })}>
              Remove
            </Button>
          )}
          <Button variant="default" size="compact-sm" onClick={() => editor.attemptAt(path, choose)}>
            {pem === null ? 'Choose file' : 'Replace'}
          </Button>
        </>
      }
    >
      {pem === null ? <span className="dim">{props.none}</span> : <Certificate pem={pem} fileName={files[path]} />}
    </ChosenField>
  );
}

function Certificate(props: { readonly pem: string; readonly fileName: string | undefined }) {
  const description = useDescription(props.pem);
  const now = useNow();
  if (description === null) return <span className="dim">{props.fileName ?? 'Reading it'}</span>;
  if (typeof description === 'string') return <span className={classes.problem}>{description}</span>;
  const { subject, validUntil, certificates } = description;
  const { word, tone } = validityWord(validUntil, now);
  const more = certificates > 1 ? ` and ${count(certificates - 1)} more` : '';
  return (
    <>
      <span
        className="mono ellipsis"
        title={`${subject}${more}${props.fileName === undefined ? '' : `\n${props.fileName}`}`}
      >
        {subject}
        {more}
      </span>
      <span className={classes.until}>
        <StateMark tone={tone} word={word} size={14} title={utcTime(validUntil)} />
      </span>
    </>
  );
}

/** @returns null while it is asked for; a sentence when it is no certificate */
function useDescription(pem: string): PemDescription | string | null {
  const [known, setKnown] = useState<{ readonly pem: string; readonly says: PemDescription | string } | null>(null);
  useEffect(() => {
    let isWanted = true;
    const keep = (says: PemDescription | string): void => {
      if (isWanted) setKnown({ pem, says });
    };
    request('connection.describePem', { pem }).then(keep, (thrown: unknown) => keep(asPermafrostError(thrown).message));
    return () => {
      isWanted = false;
    };
  }, [pem]);
  return known?.pem === pem ? known.says : null;
}

/** The private key of the client's certificate. A new one has a passphrase of its own. */
export function KeyField(props: { readonly editor: Editor }) {
  const { editor } = props;
  const { draft, kept } = editor;
  const path = 'secrets.clientKey';
  const keeping = useKeepingText(editor);
  const isChosen = typeof draft.secrets.clientKey === 'string';
  const choose = async (): Promise<void> => {
    const chosen = await request('connection.choosePem', { what: 'key' });
    if (chosen === null) return;
    editor.editSecret('clientKey', chosen.pem, chosen.fileName);
    if (kept.includes('clientKeyPassphrase') && draft.secrets.clientKeyPassphrase === undefined) {
      editor.editSecret('clientKeyPassphrase', null);
    }
  };
  const isThere = isChosen || kept.includes('clientKey');
  return (
    <ChosenField
      label="Its private key"
      description={keeping}
      error={draft.problems[path]}
      path={path}
      actions={
        <Button variant="default" size="compact-sm" onClick={() => editor.attemptAt(path, choose)}>
          {isThere ? 'Replace' : 'Choose file'}
        </Button>
      }
    >
      <span className={isChosen ? 'ellipsis' : 'dim'}>
        {isChosen ? (draft.files[path] ?? 'Chosen') : isThere ? 'Kept' : 'A PEM file'}
      </span>
    </ChosenField>
  );
}
