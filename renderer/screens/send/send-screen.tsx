import { Tabs } from '@mantine/core';
import { Banner } from '../../components/banner';
import { Card } from '../../components/card';
import { ScreenPage } from '../../frame/screen-page';
import { useLive, useSend } from '../../stores/hooks';
import { sendStore, type SendTab } from '../../stores/send';
import { FileTab } from './file-tab';
import { GeneratorTab } from './generator-tab';
import { LastSent } from './last-sent';
import { MessageTab } from './message-tab';
import classes from './send-screen.module.css';
import { useSendTopic } from './use-send-topic';

export function SendScreen() {
  const tab = useSend((state) => state.tab);
  const topic = useSendTopic();
  return (
    <ScreenPage
      title="Send"
      sentence={topic === '' ? '' : `messages → ${topic}`}
      banners={<RealCluster topic={topic} />}
      className={classes.screen}
    >
      <Card className={classes.form}>
        <Tabs
          value={tab}
          onChange={(value) => sendStore.setState({ tab: (value ?? 'message') as SendTab })}
          keepMounted={false}
          display="contents"
        >
          <Tabs.List px={10} aria-label="What to send">
            <Tabs.Tab value="message">One message</Tabs.Tab>
            <Tabs.Tab value="generator">Generator</Tabs.Tab>
            <Tabs.Tab value="file">File</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="message" display="contents">
            <MessageTab />
          </Tabs.Panel>
          <Tabs.Panel value="generator" display="contents">
            <GeneratorTab />
          </Tabs.Panel>
          <Tabs.Panel value="file" display="contents">
            <FileTab />
          </Tabs.Panel>
        </Tabs>
      </Card>
      <LastSent />
    </ScreenPage>
  );
}

/** In the sandbox there is nothing to spoil; elsewhere whoever reads the topic gets what is sent. */
function RealCluster(props: { readonly topic: string }) {
  const isSandbox = useLive(({ connection }) => connection.isSandbox) ?? true;
  const name = useLive(({ connection }) => connection.name) ?? '';
  const kafka = useLive(({ connection }) => connection.kafka);
  if (isSandbox) return null;
  const cluster = kafka === null ? name : `${name} (${kafka})`;
  return (
    <Banner tone="warn" title="This is not the sandbox.">
      {props.topic === ''
        ? `What you send is written for real to ${cluster}.`
        : `What you send is written for real to the topic ${props.topic} of ${cluster}, for everyone who reads it.`}
    </Banner>
  );
}
