/** A connection as it is typed in, and the way between it and what is saved. */
import {
  usableSecretsOf,
  type Connection,
  type ConnectionDraft,
  type Destination,
  type KafkaLogin,
  type PasswordMechanism,
  type SecretChanges,
  type SecretName,
} from '../../shared/model/connection';

/** plain: no TLS; system: what this system trusts; own-ca: a chosen file */
export type Security = 'plain' | 'system' | 'own-ca';
export type LoginKind = 'none' | PasswordMechanism | 'token';
export type GoogleLoginKind = 'default' | 'service-account' | 'anonymous';

/** Flat, with the fields of every choice: what was typed is not lost by looking at another choice. */
export interface ConnectionForm {
  readonly name: string;
  /** one a row; rows may be empty */
  readonly brokers: readonly string[];
  readonly security: Security;
  /** PEM; null while none is chosen */
  readonly ca: string | null;
  readonly certificate: string | null;
  readonly login: LoginKind;
  readonly username: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly scope: string;
  readonly destination: Destination['kind'];
  readonly googleLogin: GoogleLoginKind;
  /** of the service account; '' while no file is chosen */
  readonly account: string;
  readonly endpoint: string;
  readonly projectId: string;
  readonly userProject: string;
  readonly bucket: string;
  readonly folder: string;
  readonly prefix: string;
  readonly archiverGroup: string;
  readonly start: string;
  readonly readsAlong: boolean;
  readonly pipelineGroup: string;
  /** chosen elsewhere; carried through */
  readonly topics: Connection['archiving']['topics'];
  readonly watched: string | null;
}

export const NEW_FORM: ConnectionForm = {
  name: '',
  brokers: [''],
  security: 'system',
  ca: null,
  certificate: null,
  login: 'none',
  username: '',
  tokenEndpoint: '',
  clientId: '',
  scope: '',
  destination: 'cloud-storage',
  googleLogin: 'default',
  account: '',
  endpoint: '',
  projectId: '',
  userProject: '',
  bucket: '',
  folder: '',
  prefix: 'archive',
  archiverGroup: 'permafrost-archiver',
  start: 'earliest',
  readsAlong: false,
  pipelineGroup: 'permafrost-pipeline',
  topics: { names: [], patterns: [] },
  watched: null,
};

export function formOf({ name, kafka, destination, archiving }: Connection): ConnectionForm {
  const { pipelineGroup } = archiving;
  return {
    ...NEW_FORM,
    ...archiving,
    name,
    brokers: kafka.brokers,
    security: kafka.tls === null ? 'plain' : kafka.tls.ca === null ? 'system' : 'own-ca',
    ca: kafka.tls?.ca ?? null,
    certificate: kafka.tls?.certificate ?? null,
    ...loginFields(kafka.login),
    ...destinationFields(destination),
    readsAlong: pipelineGroup !== null,
    pipelineGroup: pipelineGroup ?? NEW_FORM.pipelineGroup,
  };
}

function loginFields(login: KafkaLogin): Partial<ConnectionForm> {
  switch (login.kind) {
    case 'none':
      return { login: 'none' };
    case 'password':
      return { login: login.mechanism, username: login.username };
    case 'token':
      return { login: 'token', tokenEndpoint: login.endpoint, clientId: login.clientId, scope: login.scope ?? '' };
  }
}

function destinationFields(destination: Destination): Partial<ConnectionForm> {
  if (destination.kind === 'folder') {
    return { destination: 'folder', folder: destination.folder, prefix: destination.prefix };
  }
  const { login, endpoint, projectId, userProject, bucket, prefix } = destination;
  return {
    destination: 'cloud-storage',
    googleLogin: login.kind,
    account: login.kind === 'service-account' ? login.email : '',
    endpoint: endpoint ?? '',
    projectId: projectId ?? '',
    userProject: userProject ?? '',
    bucket,
    prefix,
  };
}

/** @param id null for a new one */
export function draftOf(form: ConnectionForm, id: string | null): ConnectionDraft {
  const { archiverGroup, start, topics, watched } = form;
  return {
    id,
    name: form.name.trim(),
    kafka: {
      brokers: brokersOf(form),
      tls:
        form.security === 'plain'
          ? null
          : { ca: form.security === 'own-ca' ? form.ca : null, certificate: form.certificate },
      login: loginOf(form),
    },
    destination: destinationOf(form),
    archiving: {
      topics,
      watched,
      archiverGroup: archiverGroup.trim(),
      start,
      pipelineGroup: form.readsAlong ? form.pipelineGroup.trim() : null,
    },
  };
}

function brokersOf({ brokers }: ConnectionForm): readonly string[] {
  return brokers.map((broker) => broker.trim()).filter((broker) => broker !== '');
}

function loginOf({ login, username, tokenEndpoint, clientId, scope }: ConnectionForm): KafkaLogin {
  if (login === 'none') return { kind: 'none' };
  if (login === 'token') {
    return { kind: 'token', endpoint: tokenEndpoint.trim(), clientId: clientId.trim(), scope: orNull(scope) };
  }
  return { kind: 'password', mechanism: login, username: username.trim() };
}

function destinationOf(form: ConnectionForm): Destination {
  const { googleLogin, prefix } = form;
  if (form.destination === 'folder') return { kind: 'folder', folder: form.folder.trim(), prefix };
  return {
    kind: 'cloud-storage',
    login: googleLogin === 'service-account' ? { kind: googleLogin, email: form.account } : { kind: googleLogin },
    endpoint: orNull(form.endpoint),
    projectId: orNull(form.projectId),
    userProject: orNull(form.userProject),
    bucket: form.bucket.trim(),
    prefix,
  };
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** Empty rows go, so that the rows are those that a refusal counts; one row stays. */
export function withoutEmptyRows(form: ConnectionForm): ConnectionForm {
  const brokers = brokersOf(form);
  return { ...form, brokers: brokers.length === 0 ? [''] : brokers };
}

/** What was typed for this form's choices, and none of another choice; what it does not need any more is forgotten. */
export function secretChanges(form: ConnectionForm, typed: SecretChanges, kept: readonly SecretName[]): SecretChanges {
  const usable = usableSecretsOf(draftOf(form, null));
  const given = Object.entries(typed).filter(([name]) => usable.includes(name as SecretName));
  const unneeded = kept.filter((name) => !usable.includes(name)).map((name) => [name, null]);
  return Object.fromEntries([...given, ...unneeded]) as SecretChanges;
}

/** What the form can tell by itself to be wrong, by the path of the field. */
export function wrongIn(form: ConnectionForm): Readonly<Record<string, string>> {
  const { security, ca, readsAlong, pipelineGroup, archiverGroup } = form;
  return {
    ...(security === 'own-ca' && ca === null ? { 'draft.kafka.tls.ca': 'Choose the file with its certificates' } : {}),
    ...(readsAlong && pipelineGroup.trim() === archiverGroup.trim()
      ? { 'draft.archiving.pipelineGroup': "The archiver's group would share its partitions with itself" }
      : {}),
  };
}
