import { Button } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { changeText, type ChoiceChange } from '../../format/topic-words';
import { useLive, useTopics } from '../../stores/hooks';
import { isArchiving } from '../../stores/live';
import { discardChoice, saveChoice } from '../../stores/topics';
import classes from './bars.module.css';

/** What was chosen and is not in force yet. */
export function SaveBar(props: { readonly change: ChoiceChange; readonly own: string | null }) {
  const hasDraft = useTopics(({ draft }) => draft !== null);
  const isSaving = useTopics((state) => state.isSaving);
  const problem = useTopics((state) => state.saveProblem);
  const isOn = useLive(({ archiver }) => isArchiving(archiver.state)) ?? false;
  if (!hasDraft) return null;
  return (
    <div className={classes.save} role="region" aria-label="Choice of topics">
      <strong className="figure">{changeText(props.change) || 'The choice has changed'}</strong>
      <Note problem={problem} isOn={isOn} />
      <Button size="xs" variant="default" disabled={isSaving} onClick={discardChoice}>
        Discard
      </Button>
      <Button size="xs" disabled={isOn} loading={isSaving} onClick={() => void saveChoice(props.own)}>
        Save
      </Button>
    </div>
  );
}

function Note(props: { readonly problem: string | null; readonly isOn: boolean }) {
  if (props.problem !== null) {
    return (
      <span className={classes.saveProblem} role="alert">
        {props.problem}
      </span>
    );
  }
  return (
    <span className={classes.note}>
      <IconInfoCircle size={15} aria-hidden />
      {props.isOn ? 'Stop archiving to change this.' : 'Takes effect at the next start of archiving.'}
    </span>
  );
}
