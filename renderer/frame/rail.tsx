import { UnstyledButton } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconCommand } from '@tabler/icons-react';
import { cx } from '../components/cx';
import { showScreen } from '../stores/frame';
import { useFrame, useSettings } from '../stores/hooks';
import { ConnectionBox } from './connection-box';
import classes from './rail.module.css';
import { modKey, SCREEN_LIST } from './screens';

export function Rail() {
  const current = useFrame(({ screen }) => screen);
  const mod = modKey(useSettings(({ info }) => info?.platform));
  return (
    <div className={classes.rail}>
      <ConnectionBox />
      <nav className={classes.links} aria-label="Screens">
        {SCREEN_LIST.map(({ screen, name, icon: Icon, digit }) => (
          <a
            key={screen}
            className={classes.link}
            href={`#${screen}`}
            aria-label={name}
            aria-current={screen === current ? 'page' : undefined}
            title={`${name} (${mod}${digit})`}
            draggable={false}
            onClick={(event) => {
              event.preventDefault();
              showScreen(screen);
            }}
          >
            <Icon size={19} stroke={1.7} aria-hidden />
            <span className={classes.name}>{name}</span>
            <span className={classes.hint} aria-hidden>
              {mod}
              {digit}
            </span>
          </a>
        ))}
      </nav>
      <UnstyledButton
        className={cx(classes.link, classes.palette)}
        aria-label="Command palette"
        title={`Command palette (${mod}K)`}
        onClick={spotlight.open}
      >
        <IconCommand size={18} stroke={1.7} aria-hidden />
        <span className={classes.name}>Commands</span>
        <span className={classes.hint} aria-hidden>
          {mod}K
        </span>
      </UnstyledButton>
    </div>
  );
}
