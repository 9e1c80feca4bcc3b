import { Anchor, PasswordInput } from '@mantine/core';
import type { SecretName } from '../../../shared/model/connection';
import { useSettings } from '../../stores/hooks';
import { hasNoKeyring } from '../../stores/settings';
import type { Editor } from './use-editor';

/** A secret that is typed. What is kept is never shown: it never comes here. */
export function SecretField(props: {
  readonly editor: Editor;
  readonly name: SecretName;
  readonly label: string;
  /** it works without one, too: what is kept can be forgotten */
  readonly isOptional?: boolean;
}) {
  const { editor, name } = props;
  const typed = editor.draft.secrets[name];
  const isKept = editor.kept.includes(name) && typed !== null;
  const keeping = useKeepingText(editor);
  return (
    <PasswordInput
      label={props.label}
      description={
        <>
          {typed === null ? 'Is forgotten when you save' : keeping}
          {isKept && props.isOptional === true && typed === undefined && (
            <>
              {'. '}
              <Anchor component="button" type="button" inherit onClick={() => editor.editSecret(name, null)}>
                Forget it
              </Anchor>
            </>
          )}
        </>
      }
      placeholder={isKept ? 'Kept, type to replace' : props.isOptional === true ? 'None' : ''}
      value={typed ?? ''}
      error={editor.draft.problems[`secrets.${name}`]}
      autoComplete="off"
      spellCheck={false}
      data-field={`secrets.${name}`}
      visibilityToggleButtonProps={{ 'aria-label': `Show the ${props.label.toLowerCase()} as it is typed` }}
      onChange={(event) => {
        const value = event.currentTarget.value;
        editor.editSecret(name, value === '' ? undefined : value);
      }}
    />
  );
}

/** Where a secret goes, beside where it is typed. */
export function useKeepingText({ draft }: Editor): string {
  const isObfuscated = useSettings(hasNoKeyring);
  if (draft.keeping === 'session') return 'Kept until Permafrost closes';
  return isObfuscated ? 'Stored, obfuscated only' : "Stored, encrypted by this system's keyring";
}
