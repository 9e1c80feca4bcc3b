import { Button } from '@mantine/core';
import { IconFileText, IconFileUpload, IconSend } from '@tabler/icons-react';
import { bytes, exactBytes } from '../../format/format';
import { request } from '../../ipc/client';
import { useSend } from '../../stores/hooks';
import { sendStore } from '../../stores/send';
import classes from './send-screen.module.css';
import { useSending } from './use-sending';
import { TopicField } from './topic-field';
import { useSendTopic } from './use-send-topic';

/** A file of messages, one JSON object a line; chosen, or dropped anywhere on the window. */
export function FileTab() {
  const topic = useSendTopic();
  const file = useSend((state) => state.file);
  const { isBusy, problems, run } = useSending();
  const problem = Object.entries(problems).find(([field]) => field !== 'topic')?.[1];

  const choose = (): void =>
    run(async () => {
      const chosen = await request('send.chooseFile');
      if (chosen !== null) sendStore.setState({ file: chosen });
    });
  const send = (): void => {
    if (file !== null) run(() => request('send.file', { topic, path: file.path }));
  };

  const Icon = file === null ? IconFileUpload : IconFileText;
  return (
    <>
      <div className={classes.fields}>
        <TopicField error={problems['topic']} />
        <div className={classes.drop}>
          <Icon size={34} stroke={1.4} aria-hidden />
          <span className={`${classes.file ?? ''} ellipsis`} title={file?.path}>
            {file?.name ?? 'Drop a file here'}
          </span>
          <span className="dim figure" title={file === null ? undefined : exactBytes(file.bytes)}>
            {file === null ? 'One JSON object a line; each line becomes a message as it is' : bytes(file.bytes)}
          </span>
          <Button variant="default" mt={6} onClick={choose}>
            Choose file
          </Button>
        </div>
      </div>
      <div className={classes.foot}>
        {problem === undefined ? (
          <span className="dim">Every line is checked before the first is sent</span>
        ) : (
          <span className={classes.problem} role="alert">
            {problem}
          </span>
        )}
        <Button leftSection={<IconSend size={16} />} disabled={file === null} loading={isBusy} onClick={send}>
          Send file
        </Button>
      </div>
    </>
  );
}
