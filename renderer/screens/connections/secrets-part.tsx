import { Checkbox, Radio, Stack } from '@mantine/core';
import { secretsOf } from '../../../shared/model/connection';
import { Banner } from '../../components/banner';
import { secretsText } from '../../format/connection-words';
import { draftOf } from '../../stores/connection-form';
import { useSettings } from '../../stores/hooks';
import { hasNoKeyring } from '../../stores/settings';
import classes from './connections-screen.module.css';
import { FormPart } from './form-part';
import type { Editor } from './use-editor';

/** Where secrets are kept, said before any is. Nothing where there are none. */
export function SecretsPart(props: { readonly editor: Editor }) {
  const { form, draft, kept, change } = props.editor;
  const isObfuscated = useSettings(hasNoKeyring);
  const needed = secretsOf(draftOf(form, null));
  if (needed.length === 0 && kept.length === 0) return null;
  const about =
    needed.length === 0
      ? 'None is needed any more: what is kept goes when you save.'
      : `This is about ${secretsText(needed)}. No secret is ever shown again, or written to a log.`;
  return (
    <FormPart title="Secrets" note={about}>
      {isObfuscated && (
        <div className={classes.wide}>
          <Banner tone="warn" title="This system has no keyring that Permafrost can use.">
            What is stored here can be read by whoever reads the data folder.
          </Banner>
        </div>
      )}
      <Radio.Group
        className={classes.wide}
        aria-label="Where secrets are kept"
        value={draft.keeping}
        error={draft.problems['keeping']}
        data-field="keeping"
        onChange={(value) => change({ keeping: value, problems: {} })}
      >
        <Stack gap={10}>
          {isObfuscated && <UntilClosed />}
          <Radio
            size="sm"
            value="stored"
            label={isObfuscated ? 'Stored, obfuscated only' : 'Stored'}
            description={
              isObfuscated
                ? 'Whoever reads the data folder can read them'
                : "Encrypted by this system's keyring, in a file of their own"
            }
          />
          {!isObfuscated && <UntilClosed />}
        </Stack>
      </Radio.Group>
      {isObfuscated && draft.keeping === 'stored' && (
        <Checkbox
          className={classes.wide}
          size="sm"
          label="I know that whoever reads the data folder can read these secrets"
          checked={draft.acceptsObfuscation}
          error={draft.problems['acceptsObfuscation']}
          data-field="acceptsObfuscation"
          onChange={(event) => change({ acceptsObfuscation: event.currentTarget.checked, problems: {} })}
        />
      )}
    </FormPart>
  );
}

function UntilClosed() {
  return (
    <Radio
      size="sm"
      value="session"
      label="Until Permafrost closes"
      description="In memory alone; asked for again after a restart"
    />
  );
}
