import { Popover, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { cx } from '../components/cx';
import { Figure } from '../components/figure';
import { ago, count, counted, exactRate, NOTHING, percent, rate, utcTime } from '../format/format';
import { showObject } from '../stores/bucket';
import { showJobs, showProblems, showScreen } from '../stores/frame';
import { useFrame, useJobs, useLive, useNow } from '../stores/hooks';
import { progress } from '../stores/jobs';
import { JobsPanel } from './jobs-panel';
import { ProblemsPanel } from './problems-panel';
import classes from './status-bar.module.css';

/** The whole app in one line; each part opens what it speaks of. */
export function StatusBar(props: { readonly className?: string | undefined }) {
  return (
    <footer className={cx(classes.bar, props.className)} data-testid="status-bar">
      <RatePart />
      <LagPart />
      <LastUploadPart />
      <JobsPart />
      <span className={classes.space} />
      <ProblemsPart />
    </footer>
  );
}

function Part(props: { readonly label: string; readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <UnstyledButton className={classes.part} title={props.label} onClick={props.onClick}>
      {props.children}
    </UnstyledButton>
  );
}

function RatePart() {
  const perSecond = useLive(({ producer }) => producer.ratePerSecond);
  return (
    <Part label="Show the flow" onClick={() => showScreen('live')}>
      <b>
        <Figure exact={exactRate(perSecond)}>{rate(perSecond)}</Figure>
      </b>
      messages/s
    </Part>
  );
}

function LagPart() {
  const lag = useLive(({ groups }) => groups.archiver.lag);
  return (
    <Part label="Messages that are not archived yet" onClick={() => showScreen('live')}>
      lag
      <b>
        <Figure>{count(lag)}</Figure>
      </b>
    </Part>
  );
}

function LastUploadPart() {
  const upload = useLive(({ uploads }) => uploads[0] ?? null);
  const now = useNow();
  const open = (): void => {
    showScreen('bucket');
    if (upload !== null) showObject(upload.object);
  };
  return (
    <Part label="Show the last archive" onClick={open}>
      last upload
      <b>
        <Figure exact={upload === null ? 'Nothing was uploaded yet' : utcTime(upload.at)}>
          {upload === null ? NOTHING : ago(upload.at, now)}
        </Figure>
      </b>
    </Part>
  );
}

function JobsPart() {
  const jobs = useJobs((state) => state.jobs);
  const isOpen = useFrame(({ isJobsOpen }) => isJobsOpen);
  const running = jobs.filter(({ state }) => state === 'running');
  const [only] = running;
  const share = running.length === 1 && only !== undefined ? progress(only) : null;
  const text = running.length > 0 ? `${counted(running.length, 'job')} running` : counted(jobs.length, 'job');
  return (
    <Popover opened={isOpen} onChange={showJobs} position="top-start" width={460} shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.part}
          title="Show the jobs"
          aria-expanded={isOpen}
          onClick={() => showJobs(!isOpen)}
        >
          <Figure>{jobs.length === 0 ? 'no jobs' : text}</Figure>
          {share !== null && (
            <b>
              <Figure>{percent(Math.round(share * 100), 100).replace(/\.\d+/, '')}</Figure>
            </b>
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <JobsPanel jobs={jobs} />
      </Popover.Dropdown>
    </Popover>
  );
}

function ProblemsPart() {
  const problems = useLive((snapshot) => snapshot.problems) ?? [];
  const isOpen = useFrame(({ isProblemsOpen }) => isProblemsOpen);
  const isFine = problems.length === 0;
  const Icon = isFine ? IconCircleCheck : IconAlertTriangle;
  return (
    <Popover opened={isOpen} onChange={showProblems} position="top-end" width={520} shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton
          className={cx(classes.part, isFine ? classes.good : classes.bad)}
          title="Show the problems"
          aria-expanded={isOpen}
          onClick={() => showProblems(!isOpen)}
        >
          <Icon size={15} aria-hidden />
          {isFine ? 'no problems' : counted(problems.length, 'problem')}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <ProblemsPanel problems={problems} />
      </Popover.Dropdown>
    </Popover>
  );
}
