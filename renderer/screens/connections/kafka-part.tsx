import { Select, TextInput } from '@mantine/core';
import { Banner } from '../../components/banner';
import type { LoginKind, Security } from '../../stores/connection-form';
import { BrokerList } from './broker-list';
import classes from './connections-screen.module.css';
import { FormPart } from './form-part';
import { CertificateField, KeyField } from './pem-fields';
import { SecretField } from './secret-field';
import type { Editor } from './use-editor';

const SECURITIES: readonly { readonly value: Security; readonly label: string }[] = [
  { value: 'system', label: 'TLS, with what this system trusts' },
  { value: 'own-ca', label: 'TLS, with an own CA' },
  { value: 'plain', label: 'Plain, without TLS' },
];

const LOGINS: readonly { readonly value: LoginKind; readonly label: string }[] = [
  { value: 'none', label: 'None' },
  { value: 'plain', label: 'Password, PLAIN' },
  { value: 'scram-sha-256', label: 'Password, SCRAM-SHA-256' },
  { value: 'scram-sha-512', label: 'Password, SCRAM-SHA-512' },
  { value: 'token', label: 'Token, OAUTHBEARER' },
];

/** Where the brokers are, how they are spoken to, and as whom. */
export function KafkaPart(props: { readonly editor: Editor }) {
  const { editor } = props;
  const { form, edit } = editor;
  return (
    <FormPart title="Kafka">
      <BrokerList editor={editor} />
      <Select
        label="Security"
        data={SECURITIES}
        value={form.security}
        onChange={(security) => edit({ security: security ?? form.security })}
      />
      <Select
        label="Login"
        data={LOGINS}
        value={form.login}
        onChange={(login) => edit({ login: login ?? form.login })}
      />
      <InTheClear form={form} />
      <LoginFields editor={editor} />
      {form.security !== 'plain' && <TlsFields editor={editor} />}
    </FormPart>
  );
}

function TlsFields(props: { readonly editor: Editor }) {
  const { editor } = props;
  const { security, certificate } = editor.form;
  return (
    <>
      {security === 'own-ca' && (
        <CertificateField
          editor={editor}
          name="ca"
          label="CA certificates"
          description="What the brokers' certificates must lead to"
          none="A PEM file"
        />
      )}
      <CertificateField
        editor={editor}
        name="certificate"
        label="Client certificate"
        description="Where brokers ask who connects"
        none="None"
      />
      {certificate !== null && (
        <>
          <KeyField editor={editor} />
          <SecretField editor={editor} name="clientKeyPassphrase" label="Passphrase of the key" isOptional />
        </>
      )}
    </>
  );
}

function LoginFields(props: { readonly editor: Editor }) {
  const { editor } = props;
  const { login } = editor.form;
  if (login === 'none') return null;
  if (login !== 'token') {
    return (
      <>
        <TextInput
          label="User"
          description="As Kafka knows it"
          {...editor.text('username', 'draft.kafka.login.username')}
        />
        <SecretField editor={editor} name="password" label="Password" />
      </>
    );
  }
  return (
    <>
      <TextInput
        className={classes.wide}
        label="Token endpoint"
        description="Gives tokens for the client's id and secret (OAuth client credentials)"
        placeholder="https://login.example.com/oauth2/token"
        {...editor.text('tokenEndpoint', 'draft.kafka.login.endpoint')}
      />
      <TextInput
        label="Client id"
        description="As the token endpoint knows it"
        {...editor.text('clientId', 'draft.kafka.login.clientId')}
      />
      <SecretField editor={editor} name="tokenSecret" label="Client secret" />
      <TextInput
        label="Scope"
        description="Where the endpoint wants one; may be empty"
        {...editor.text('scope', 'draft.kafka.login.scope')}
      />
    </>
  );
}

/** What others on the way can read, said while it is chosen. */
function InTheClear(props: { readonly form: { readonly security: Security; readonly login: LoginKind } }) {
  const { security, login } = props.form;
  if (security !== 'plain') return null;
  return (
    <div className={classes.wide}>
      {login === 'none' ? (
        <Banner tone="info" title="Without TLS,">
          whoever listens on the way reads every message.
        </Banner>
      ) : (
        <Banner tone="warn" title={CLEAR[login]}>
          Choose TLS, or use this in a network that you trust alone.
        </Banner>
      )}
    </div>
  );
}

const CLEAR: Readonly<Record<Exclude<LoginKind, 'none'>, string>> = {
  plain: 'The password goes over the network in the clear.',
  'scram-sha-256': 'Without TLS, whoever listens can try to guess the password, and reads every message.',
  'scram-sha-512': 'Without TLS, whoever listens can try to guess the password, and reads every message.',
  token: 'The token goes over the network in the clear.',
};
