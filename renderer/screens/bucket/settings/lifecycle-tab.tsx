import { Button, Menu } from '@mantine/core';
import { IconPlayerPlay, IconPlus } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { BucketSettings } from '../../../../shared/model/bucket-settings';
import { COLDER_CLASSES, type LifecycleRule } from '../../../../shared/model/lifecycle';
import { Section } from '../../../components/section';
import { draftsOf, lostAtOnce, newDeletions, newRule, typedRules, type RuleDraft } from '../../../format/rule-draft';
import { storageClassName } from '../../../format/words';
import { editBucketSettings } from '../../../stores/bucket-settings';
import { openDialog } from '../../../stores/frame';
import { useBucketSettings, useLive } from '../../../stores/hooks';
import { attempt } from '../../../stores/report';
import { applyRules } from './apply-rules';
import classes from './lifecycle.module.css';
import { LifecycleEffectCard } from './lifecycle-effect';
import { RuleRow } from './rule-row';
import { CannotRead } from './settings-tab';
import { useLifecycleEffect } from './use-bucket-figures';
import { useSection } from './use-section';

/** Rules by which Cloud Storage moves and deletes, and what they do to what is in the bucket now. */
export function LifecycleTab(props: { readonly bucket: string }) {
  const settings = useBucketSettings((state) => state.settings);
  if (settings === null) return <CannotRead bucket={props.bucket} />;
  return <Rules settings={settings} />;
}

function Rules(props: { readonly settings: BucketSettings }) {
  const { name, lifecycle } = props.settings;
  const typed = useBucketSettings(({ draft }) => draft.rules ?? null);
  const section = useSection('lifecycle');
  const saved = useMemo(() => draftsOf(lifecycle.rules), [lifecycle.rules]);
  const drafts = typed ?? saved;
  const rules = typedRules(drafts);
  const effect = useLifecycleEffect(name, rules.isValid ? rules.rules : null);
  const change = (changed: readonly RuleDraft[]): void => editBucketSettings({ rules: changed });
  const isHarmless = effect.answer !== null && !effect.isOutdated && lostAtOnce(effect.answer).objects === 0;
  const save = (): void => {
    if (!rules.isValid) return;
    const mayDelete = newDeletions(rules.rules, lifecycle.rules);
    if (mayDelete && !isHarmless)
      openDialog({ kind: 'delete-by-rules', bucket: name, rules: rules.rules, then: 'save' });
    else section.onSave();
  };
  return (
    <div className={classes.tab}>
      <Section
        title="Lifecycle rules"
        note="Cloud Storage looks about once a day what is old enough, counted from when each object was uploaded."
        effect={
          drafts.length === 0
            ? 'Without rules, everything stays as it is.'
            : 'Of rules that meet, a deletion comes first, then the coldest class.'
        }
        {...section}
        canSave={rules.isValid}
        onSave={save}
        actions={<ApplyNow settings={props.settings} isDirty={section.isDirty} isHarmless={isHarmless} />}
      >
        <div className={classes.rules}>
          {drafts.map((draft, at) => (
            <RuleRow
              key={draft.id}
              place={at + 1}
              draft={draft}
              problem={rules.isValid ? undefined : rules.problems[at]}
              onChange={(edit) => change(drafts.map((each) => (each === draft ? { ...each, ...edit } : each)))}
              onRemove={() => change(drafts.filter((each) => each !== draft))}
            />
          ))}
          <AddRule onAdd={(does) => change([...drafts, newRule(does)])} />
        </div>
        <OtherRules sentences={lifecycle.others} />
      </Section>
      <LifecycleEffectCard
        settings={props.settings}
        effect={effect}
        hasRules={drafts.length > 0}
        isValid={rules.isValid}
      />
    </div>
  );
}

function AddRule(props: { readonly onAdd: (does: RuleDraft['does']) => void }) {
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <Button className={classes.add} variant="default" size="xs" leftSection={<IconPlus size={15} />}>
          Add a rule
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {COLDER_CLASSES.map((each) => (
          <Menu.Item key={each} onClick={() => props.onAdd(each)}>
            Move to {storageClassName(each)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => props.onAdd('delete')}>
          Delete for good
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Rules of other shapes than this form's: made elsewhere, and left as they are. */
function OtherRules(props: { readonly sentences: readonly string[] }) {
  if (props.sentences.length === 0) return null;
  return (
    <div className={classes.others}>
      <h3>Other rules, made elsewhere; they stay as they are</h3>
      <ul>
        {props.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}

/** What Cloud Storage does by itself within a day the sandbox does on request. */
function ApplyNow(props: {
  readonly settings: BucketSettings;
  readonly isDirty: boolean;
  /** what the form's rules would do deletes nothing */
  readonly isHarmless: boolean;
}) {
  const { name, lifecycle } = props.settings;
  const isSandbox = useLive(({ connection }) => connection.isSandbox) ?? false;
  if (!isSandbox || lifecycle.rules.length + lifecycle.others.length === 0) return null;
  // what others do is not counted
  const isSafe = lifecycle.others.length === 0 && (props.isHarmless || !lifecycle.rules.some(isDeletion));
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconPlayerPlay size={15} />}
      disabled={props.isDirty}
      title={
        props.isDirty ? 'Save or discard the rules first' : 'In the sandbox alone: Cloud Storage does it by itself'
      }
      onClick={() =>
        isSafe
          ? attempt(() => applyRules(name))
          : openDialog({ kind: 'delete-by-rules', bucket: name, rules: lifecycle.rules, then: 'apply' })
      }
    >
      Apply the rules now
    </Button>
  );
}

function isDeletion({ kind }: LifecycleRule): boolean {
  return kind === 'delete';
}
