import { ActionIcon, Button, Input, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ClipboardEvent } from 'react';
import classes from './connections-screen.module.css';
import type { Editor } from './use-editor';

const PATH = 'draft.kafka.brokers';

/** Some of the cluster's brokers, one a row. A pasted list becomes rows. */
export function BrokerList(props: { readonly editor: Editor }) {
  const { form, draft, edit } = props.editor;
  const { brokers } = form;
  const paste = (event: ClipboardEvent, index: number): void => {
    const parts = event.clipboardData.getData('text').split(/[\s,;]+/);
    const pasted = parts.filter((part) => part !== '');
    if (pasted.length < 2 || brokers[index] !== '') return;
    event.preventDefault();
    edit({ brokers: brokers.toSpliced(index, 1, ...pasted) });
  };
  return (
    <Input.Wrapper
      className={classes.wide}
      label="Brokers"
      labelElement="div"
      description="Some of the cluster's, as host:port; they tell of the others"
      size="sm"
      role="group"
      aria-label="Brokers"
    >
      <div className={classes.rows}>
        {brokers.map((broker, index) => (
          <div key={index} className={classes.row}>
            <TextInput
              className={classes.grow}
              aria-label={`Broker ${index + 1}`}
              placeholder="kafka-1.example.com:9093"
              value={broker}
              error={draft.problems[`${PATH}.${index}`] ?? (index === 0 ? draft.problems[PATH] : undefined)}
              spellCheck={false}
              data-field={index === 0 && draft.problems[PATH] !== undefined ? PATH : `${PATH}.${index}`}
              onPaste={(event) => paste(event, index)}
              onChange={(event) =>
                edit(
                  { brokers: brokers.with(index, event.currentTarget.value) },
                  draft.problems[PATH] === undefined ? `${PATH}.${index}` : PATH,
                )
              }
            />
            {brokers.length > 1 && (
              <ActionIcon
                size={34}
                aria-label={`Remove broker ${index + 1}`}
                onClick={() => edit({ brokers: brokers.toSpliced(index, 1) })}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </div>
        ))}
        <Button
          variant="subtle"
          size="compact-xs"
          className={classes.add}
          leftSection={<IconPlus size={14} />}
          onClick={() => edit({ brokers: [...brokers, ''] })}
        >
          Add a broker
        </Button>
      </div>
    </Input.Wrapper>
  );
}
