import { ActionIcon, Button, Menu, TextInput, Tooltip } from '@mantine/core';
import { IconDownload, IconFilterOff } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { bytes, count } from '../../../format/format';
import { parsePlace } from '../../../format/place';
import { EMPTY_DRAFT, filterOf, isWrongPlace, type RecordDraft } from '../../../format/record-draft';
import { usePreview } from '../../../stores/hooks';
import { exportRecords, filterRecords, goToRecord, stopFiltering } from '../../../stores/preview';
import { attempt } from '../../../stores/report';
import classes from './preview.module.css';

/** What of the archive is shown: Enter applies it. And where to go in it. */
export function FilterBar() {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [goTo, setGoTo] = useState('');
  const field = usePreview(({ filtering }) => filtering?.error?.context['field'] ?? null);
  const isFiltered = usePreview(({ filtering }) => filtering !== null);
  const onEnter = (act: () => void) => (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    act();
  };
  const apply = onEnter(() => attempt(() => filterRecords(filterOf(draft))));
  const input = (name: keyof RecordDraft, label: string, isWrong: boolean) => (
    <TextInput
      size="xs"
      aria-label={label}
      placeholder={label}
      value={draft[name]}
      error={isWrong}
      spellCheck={false}
      {...(name === 'text' ? { 'data-filter': true } : {})}
      onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
      onKeyDown={apply}
    />
  );
  const clear = (): void => {
    setDraft(EMPTY_DRAFT);
    attempt(() => filterRecords(null));
  };
  return (
    <div className={classes.filter} role="search" aria-label="Filter the messages">
      {input('key', 'Key, or bus*', field === 'key')}
      {input('text', 'Text in the value', false)}
      {input('condition', 'Field, such as SPEED>=12', field === 'conditions')}
      <Tooltip label="Show all messages">
        <ActionIcon size={30} aria-label="Show all messages" disabled={!isFiltered} onClick={clear}>
          <IconFilterOff size={17} />
        </ActionIcon>
      </Tooltip>
      {input('from', 'From offset or time', isWrongPlace(draft.from))}
      {input('until', 'Until offset or time', isWrongPlace(draft.until))}
      <TextInput
        size="xs"
        aria-label="Go to offset or time"
        placeholder="Go to offset or time"
        value={goTo}
        error={isWrongPlace(goTo)}
        disabled={isFiltered}
        spellCheck={false}
        onChange={(event) => setGoTo(event.currentTarget.value)}
        onKeyDown={onEnter(() => {
          const place = parsePlace(goTo);
          if (place !== null) attempt(() => goToRecord(place.by, place.at));
        })}
      />
      <Export />
      {isFiltered && <Status />}
    </div>
  );
}

function Status() {
  const filtering = usePreview((state) => state.filtering);
  const bytesRead = usePreview((state) => state.bytesRead);
  const stored = usePreview(({ archive }) => archive?.storedBytes ?? 0);
  if (filtering === null) return null;
  const { rows, isScanning, isDone, error } = filtering;
  if (error !== null) return <div className={classes.status}>{error.message}</div>;
  const state = isScanning ? 'looking for more' : isDone ? 'all was looked through' : 'scroll on to look for more';
  return (
    <div className={classes.status}>
      <span className="figure" aria-live="polite">
        {count(rows.length)} found, {state}; {bytes(bytesRead)} of {bytes(stored)} read
      </span>
      {isScanning && (
        <Button size="compact-xs" variant="default" onClick={stopFiltering}>
          Stop
        </Button>
      )}
    </div>
  );
}

function Export() {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Export what is shown">
          <ActionIcon size={30} aria-label="Export what is shown">
            <IconDownload size={17} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => attempt(() => exportRecords('jsonl'))}>Export as JSON lines</Menu.Item>
        <Menu.Item onClick={() => attempt(() => exportRecords('csv'))}>Export as CSV</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
