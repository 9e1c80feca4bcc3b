import { useState } from 'react';
import type { Settings, SettingsPatch } from '../../../shared/model/settings';
import { problemByField } from '../../ipc/problem-by-field';
import { saveSettings } from '../../stores/settings';
import { say } from '../../stores/report';

export interface Draft {
  /** what is typed, else what is saved */
  readonly values: Settings;
  readonly isDirty: boolean;
  readonly isBusy: boolean;
  /** by the name of the field; '' for the whole */
  readonly problems: Readonly<Record<string, string>>;
  readonly edit: (change: SettingsPatch) => void;
  readonly discard: () => void;
  readonly save: () => void;
}

/** What was changed of the settings and not saved yet. Only what differs is sent. */
export function useDraft(saved: Settings): Draft {
  const [changes, setChanges] = useState<SettingsPatch>({});
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [isBusy, setBusy] = useState(false);
  const names = (Object.keys(changes) as (keyof Settings)[]).filter((name) => changes[name] !== saved[name]);

  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      await saveSettings(Object.fromEntries(names.map((name) => [name, changes[name]])));
      setChanges({});
      setProblems({});
      say('Settings saved');
    } catch (thrown) {
      setProblems(problemByField(thrown));
    } finally {
      setBusy(false);
    }
  };

  return {
    values: { ...saved, ...changes } as Settings,
    isDirty: names.length > 0,
    isBusy,
    problems,
    edit: (change) => setChanges((before) => ({ ...before, ...change })),
    discard: () => {
      setChanges({});
      setProblems({});
    },
    save: () => void save(),
  };
}
