import { TextInput } from '@mantine/core';
import { sendStore } from '../../stores/send';
import { useSendTopic, useWatchedTopic } from './use-send-topic';

/** @param props.error what main said about the topic's name */
export function TopicField(props: { readonly error?: string | undefined }) {
  const topic = useSendTopic();
  const watched = useWatchedTopic();
  return (
    <TextInput
      label="Topic"
      value={topic}
      error={props.error}
      description={described(topic, watched)}
      spellCheck={false}
      onChange={(event) => sendStore.setState({ topic: event.currentTarget.value })}
    />
  );
}

function described(topic: string, watched: string): string {
  if (watched === '') return 'No topic is archived yet: type the name of one';
  return topic === watched ? 'The topic that Live shows' : `Not the topic that Live shows, ${watched}`;
}
