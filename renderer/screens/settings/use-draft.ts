import { useState } from 'react';
import type { Settings, SettingsPatch } from '../../../shared/model/settings';
import { problemByField } from '../../ipc/problem-by-field';
import { say } from '../../stores/report';
import { saveSettings } from '../../stores/settings';

export type SettingName = keyof Settings;

export interface Draft {
  /** what is typed, else what is saved */
  readonly values: Settings;
  readonly isDirty: boolean;
  readonly isBusy: boolean;
  /** by the path of the field, e.g. "reduction.filter.0"; '' for the whole */
  readonly problems: Readonly<Record<string, string>>;
  readonly edit: (change: SettingsPatch) => void;
  readonly discard: () => void;
  readonly save: () => void;
}

/** What was changed of the settings and not saved yet. Only what differs is sent. */
export function useDraft(saved: Settings, saidOnSave = 'Settings saved'): Draft {
  const [changes, setChanges] = useState<SettingsPatch>({});
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [isBusy, setBusy] = useState(false);
  const names = (Object.keys(changes) as SettingName[]).filter((name) => !isSame(changes[name], saved[name]));

  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      await saveSettings(Object.fromEntries(names.map((name) => [name, changes[name]])));
      setChanges({});
      setProblems({});
      say(saidOnSave);
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
    edit: (change) => {
      setChanges((before) => ({ ...before, ...change }));
      setProblems((before) => withoutFields(before, Object.keys(change)));
    },
    discard: () => {
      setChanges({});
      setProblems({});
    },
    save: () => void save(),
  };
}

/** What was wrong with a field was so before it was changed. */
function withoutFields(problems: Readonly<Record<string, string>>, changed: readonly string[]) {
  return Object.fromEntries(
    Object.entries(problems).filter(([path]) => !changed.includes(path.split('.')[0] ?? '') && path !== ''),
  );
}

/** Settings are plain data of a few fields. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
