import { ActionIcon, Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconSend, IconTrash } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { exactBytes } from '../../format/format';
import { request } from '../../ipc/client';
import { useLive, useSend } from '../../stores/hooks';
import { editMessage, messageSent } from '../../stores/send';
import classes from './send-screen.module.css';
import { useSending, type Sending } from './use-sending';
import { TopicField } from './topic-field';
import { useSendTopic } from './use-send-topic';

const BY_KEY = 'by key';

export function MessageTab() {
  const topic = useSendTopic();
  const draft = useSend(({ message }) => message);
  const sending = useSending();

  const send = (): void =>
    sending.run(async () => {
      const key = draft.hasKey ? draft.key : null;
      const value = draft.hasValue ? draft.value : null;
      const { partition } = draft;
      const sent = await request('send.message', { topic, partition, key, value, headers: [...draft.headers] });
      messageSent({ ...sent, key, at: Date.now() });
    });
  const sendOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!sending.isBusy) send();
  };

  return (
    <>
      <div className={classes.fields} onKeyDown={sendOnEnter}>
        <div className={classes.row}>
          <TopicField error={sending.problems['topic']} />
          <PartitionField error={sending.problems['partition']} />
        </div>
        <KeyField error={sending.problems['key']} />
        <ValueField error={sending.problems['value']} />
        <HeaderFields />
      </div>
      <Foot sending={sending} onSend={send} />
    </>
  );
}

function Foot(props: { readonly sending: Sending; readonly onSend: () => void }) {
  const draft = useSend(({ message }) => message);
  const { problems, isBusy } = props.sending;
  const problem = Object.entries(problems).find(([field]) => !['topic', 'partition', 'key', 'value'].includes(field));
  const size = new TextEncoder().encode(draft.value).length;
  return (
    <div className={classes.foot}>
      {problem === undefined ? (
        <span className="dim figure">
          {draft.hasValue ? exactBytes(size) : 'A null value deletes the key where the topic is compacted'}
        </span>
      ) : (
        <span className={classes.problem} role="alert">
          {problem[1]}
        </span>
      )}
      <Button leftSection={<IconSend size={16} />} loading={isBusy} title="Ctrl Enter" onClick={props.onSend}>
        Send message
      </Button>
    </div>
  );
}

function PartitionField(props: { readonly error: string | undefined }) {
  const partition = useSend(({ message }) => message.partition);
  const known = useLive(({ groups }) => groups.pipeline.partitions.length) ?? 0;
  const choices = Array.from({ length: known }, (_, index) => ({ value: String(index), label: `Partition ${index}` }));
  return (
    <Select
      label="Partition"
      description="By key: as Kafka's own clients do"
      data={[{ value: BY_KEY, label: 'By key' }, ...choices]}
      value={partition === null ? BY_KEY : String(partition)}
      error={props.error}
      onChange={(value) => editMessage({ partition: value === null || value === BY_KEY ? null : Number(value) })}
    />
  );
}

function KeyField(props: { readonly error: string | undefined }) {
  const { hasKey, key } = useSend(({ message }) => message);
  return (
    <div>
      <div className={classes.head}>
        <label htmlFor="message-key">Key</label>
        <Checkbox
          size="xs"
          label="null"
          aria-label="No key (null)"
          checked={!hasKey}
          onChange={(event) => editMessage({ hasKey: !event.currentTarget.checked })}
        />
      </div>
      <TextInput
        id="message-key"
        value={hasKey ? key : ''}
        placeholder={hasKey ? 'Empty' : 'null'}
        disabled={!hasKey}
        error={props.error}
        spellCheck={false}
        onChange={(event) => editMessage({ key: event.currentTarget.value })}
      />
    </div>
  );
}

function ValueField(props: { readonly error: string | undefined }) {
  const { hasValue, value } = useSend(({ message }) => message);
  return (
    <div className={classes.value}>
      <div className={classes.head}>
        <label htmlFor="message-value">Value</label>
        <Checkbox
          size="xs"
          label="null"
          aria-label="No value (null)"
          checked={!hasValue}
          onChange={(event) => editMessage({ hasValue: !event.currentTarget.checked })}
        />
      </div>
      <Textarea
        id="message-value"
        value={hasValue ? value : ''}
        placeholder={hasValue ? 'Any text; JSON is shown as a tree later' : 'null'}
        disabled={!hasValue}
        error={props.error}
        spellCheck={false}
        onChange={(event) => editMessage({ value: event.currentTarget.value })}
      />
    </div>
  );
}

function HeaderFields() {
  const headers = useSend(({ message }) => message.headers);
  const edit = (index: number, change: Partial<(typeof headers)[number]>): void =>
    editMessage({ headers: headers.map((header, at) => (at === index ? { ...header, ...change } : header)) });
  return (
    <div className={classes.headers} role="group" aria-label="Headers">
      <div className={classes.head}>
        <span>Headers</span>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => editMessage({ headers: [...headers, { name: '', value: '' }] })}
        >
          Add header
        </Button>
      </div>
      {headers.map((header, index) => (
        <div key={index} className={classes.header}>
          <TextInput
            placeholder="Name"
            aria-label={`Name of header ${index + 1}`}
            value={header.name}
            spellCheck={false}
            onChange={(event) => edit(index, { name: event.currentTarget.value })}
          />
          <TextInput
            placeholder="Value"
            aria-label={`Value of header ${index + 1}`}
            value={header.value}
            spellCheck={false}
            onChange={(event) => edit(index, { value: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={`Remove header ${index + 1}`}
            onClick={() => editMessage({ headers: headers.filter((_, at) => at !== index) })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      ))}
    </div>
  );
}
