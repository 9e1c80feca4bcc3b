import { Tabs } from '@mantine/core';
import { Card } from '../../components/card';
import { ScreenPage } from '../../frame/screen-page';
import { useSend } from '../../stores/hooks';
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
    <ScreenPage title="Send" sentence={`messages → ${topic}`} className={classes.screen}>
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
