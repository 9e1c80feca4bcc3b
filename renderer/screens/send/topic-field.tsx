import { TextInput } from '@mantine/core';
import { useSettings } from '../../stores/hooks';
import { sendStore } from '../../stores/send';
import { useSendTopic } from './use-send-topic';

/** @param props.error what main said about the topic's name */
export function TopicField(props: { readonly error?: string | undefined }) {
  const topic = useSendTopic();
  const archived = useSettings(({ settings }) => settings?.topic ?? '');
  return (
    <TextInput
      label="Topic"
      value={topic}
      error={props.error}
      description={topic === archived ? 'The archived topic' : `Not the archived topic, ${archived}`}
      spellCheck={false}
      onChange={(event) => sendStore.setState({ topic: event.currentTarget.value })}
    />
  );
}
