import { Button, Select, TextInput } from '@mantine/core';
import { IconShieldCheck, IconShieldHalf, IconShieldSearch } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { JobView } from '../../../shared/model/job';
import { Banner } from '../../components/banner';
import { Card } from '../../components/card';
import { MessagePanel } from '../../components/message-panel';
import { placeLocation } from '../../format/words';
import { JobCard } from '../../frame/jobs-panel';
import { ScreenPage } from '../../frame/screen-page';
import { useJobs, useLive, useVerify } from '../../stores/hooks';
import { jobsOfKinds } from '../../stores/jobs';
import { attempt } from '../../stores/report';
import { loadVerification, startVerification, verifyStore } from '../../stores/verify';
import { Coverage } from './coverage';
import { Figures } from './figures';
import { Findings } from './findings';
import classes from './verify-screen.module.css';

/** Proves that nothing is missing or damaged: the chains as bars beside Kafka, then what was found. */
export function VerifyScreen() {
  const place = useLive((snapshot) => `archives in ${placeLocation(snapshot)}`) ?? '';
  const view = useVerify((state) => state.view);
  const jobs = useJobs((state) => state.jobs);
  const [job] = jobsOfKinds(jobs, ['verify']);
  const mending = jobsOfKinds(jobs, ['repair', 'recover']).filter(({ state }) => state === 'running');
  useEffect(() => {
    if (job !== undefined) attempt(() => loadVerification(job));
  }, [job]);
  const isRunning = job?.state === 'running';
  const shown = [...(isRunning ? [job] : []), ...mending];
  return (
    <ScreenPage title="Verify" sentence={place} scrolls className={classes.screen}>
      <Controls isRunning={isRunning} />
      {shown.length > 0 && <RunningJobs jobs={shown} />}
      {!isRunning && job?.state === 'failed' && job.error !== null && (
        <Banner tone="bad" title="The verification did not come to its end.">
          {job.error.message}
        </Banner>
      )}
      {view === null ? (
        <Card className={classes.nothing}>
          <MessagePanel
            icon={IconShieldCheck}
            title="Nothing was verified yet"
            text="Coverage tells from names and metadata alone whether any offset is missing, beside what Kafka has. Contents downloads every archive as well and checks each checksum, record and count in it; the comparison also reads again what Kafka still holds. Nothing is changed."
          />
        </Card>
      ) : (
        <>
          {view.kafkaProblem !== null && (
            <Banner tone="warn" title="Kafka was not asked.">
              {view.kafkaProblem}
            </Banner>
          )}
          <Figures view={view} />
          <Coverage view={view} />
          <Findings view={view} />
        </>
      )}
    </ScreenPage>
  );
}

const PARTS = [
  { value: '1', label: 'All archives' },
  { value: '10', label: 'One in 10' },
  { value: '100', label: 'One in 100' },
];

const DEPTHS = [
  { depth: 'coverage', word: 'Check coverage', icon: IconShieldCheck, variant: 'default' },
  { depth: 'kafka', word: 'Compare with Kafka', icon: IconShieldHalf, variant: 'default' },
  { depth: 'contents', word: 'Check contents', icon: IconShieldSearch, variant: 'filled' },
] as const;

function Controls(props: { readonly isRunning: boolean }) {
  const topic = useVerify((state) => state.topic);
  const oneOf = useVerify((state) => state.oneOf);
  return (
    <div className={classes.controls}>
      <TextInput
        label="Topic"
        placeholder="All topics"
        value={topic}
        spellCheck={false}
        onChange={(event) => verifyStore.setState({ topic: event.currentTarget.value })}
      />
      <Select
        label="Contents of"
        data={PARTS}
        value={String(oneOf)}
        allowDeselect={false}
        onChange={(value) => verifyStore.setState({ oneOf: Number(value) })}
      />
      {DEPTHS.map(({ depth, word, icon: Icon, variant }) => (
        <Button
          key={depth}
          variant={variant}
          leftSection={<Icon size={16} />}
          disabled={props.isRunning}
          onClick={() => attempt(() => startVerification(depth))}
        >
          {word}
        </Button>
      ))}
    </div>
  );
}

function RunningJobs(props: { readonly jobs: readonly JobView[] }) {
  return (
    <Card>
      <ul aria-label="Running">
        {props.jobs.map((job) => (
          <li key={job.id} className={classes.job}>
            <JobCard job={job} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
