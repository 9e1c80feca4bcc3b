import type { ReactNode } from 'react';
import { cx } from '../components/cx';
import { flowText } from '../format/words';
import { useLive } from '../stores/hooks';
import { ArchiverBanner } from './archiver-banner';
import { ArchiverControl } from './archiver-control';
import classes from './screen-page.module.css';
import { SetAsideBanner } from './set-aside-banner';

/** A screen: its title, one sentence of what is going on, the button that matters, then banners and content. */
export function ScreenPage(props: {
  readonly title: string;
  /** where messages come from and go to, when left out */
  readonly sentence?: string | undefined;
  readonly banners?: ReactNode;
  /** the content scrolls as a whole; else its parts do */
  readonly scrolls?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) {
  const flow = useLive(flowText);
  const sentence = props.sentence ?? flow ?? '';
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <div className={classes.titles}>
          <h1 className={classes.title}>{props.title}</h1>
          <p className={cx(classes.sentence, props.sentence === undefined && 'mono', 'ellipsis')} title={sentence}>
            {sentence}
          </p>
        </div>
        <ArchiverControl />
      </header>
      <div className={classes.banners}>
        <SetAsideBanner />
        <ArchiverBanner />
        {props.banners}
      </div>
      <div className={cx(classes.body, props.scrolls === true && classes.scrolls, props.className)}>
        {props.children}
      </div>
    </div>
  );
}
