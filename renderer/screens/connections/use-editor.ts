import type { ChangeEvent } from 'react';
import type { SecretName } from '../../../shared/model/connection';
import type { ConnectionForm } from '../../stores/connection-form';
import { attemptAt } from '../../stores/connection-actions';
import { changeDraft, draftIn, editForm, editSecret, keptSecrets, type Draft } from '../../stores/connections';
import { useConnections } from '../../stores/hooks';

type TextField = {
  [Name in keyof ConnectionForm]: ConnectionForm[Name] extends string
    ? string extends ConnectionForm[Name]
      ? Name
      : never
    : never;
}[keyof ConnectionForm];

/** What the parts of the form share: what is typed, and how it changes. */
export interface Editor {
  readonly form: ConnectionForm;
  readonly draft: Draft;
  /** secrets that are kept already */
  readonly kept: readonly SecretName[];
  /** @param path of the field whose refusal is over; without one a choice was made */
  readonly edit: (change: Partial<ConnectionForm>, path?: string) => void;
  /** a failure is told beside the field */
  readonly attemptAt: (path: string, action: () => Promise<unknown>) => void;
  readonly editSecret: (name: SecretName, value: string | null | undefined, fileName?: string) => void;
  readonly change: (change: Partial<Draft>) => void;
  /** what a text field needs; its refusal is shown beside it */
  readonly text: (
    name: TextField,
    path: string,
  ) => {
    readonly value: string;
    readonly error: string | undefined;
    readonly spellCheck: false;
    readonly 'data-field': string;
    readonly onChange: (event: ChangeEvent<HTMLInputElement>) => void;
  };
}

/** @returns null for the sandbox, which has no form */
export function useEditor(key: string): Editor | null {
  const draft = useConnections((state) => draftIn(state, key));
  const kept = useConnections((state) => keptSecrets(state, key));
  if (draft === null) return null;
  const { form, problems } = draft;
  return {
    form,
    draft,
    kept,
    edit: (change, path) => editForm(key, change, path),
    editSecret: (name, value, fileName) => editSecret(key, name, value, fileName),
    attemptAt: (path, action) => attemptAt(key, path, action),
    change: (change) => changeDraft(key, change),
    text: (name, path) => ({
      value: form[name],
      error: problems[path],
      spellCheck: false,
      'data-field': path,
      onChange: (event) => editForm(key, { [name]: event.currentTarget.value }, path),
    }),
  };
}

/** Puts the keyboard where something was refused. */
export function focusField(path: string): void {
  const field = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(path)}"]`);
  const control = field?.matches('input, button') === true ? field : field?.querySelector<HTMLElement>('input, button');
  control?.focus();
}
