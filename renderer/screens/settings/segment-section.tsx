import { NumberInput } from '@mantine/core';
import { cx } from '../../components/cx';
import type { Settings } from '../../../shared/model/settings';
import { Section } from './section';
import classes from './settings-screen.module.css';
import { useDraft } from './use-draft';

const FIELDS = ['maxSegmentBytes', 'maxSegmentRecords', 'maxSegmentAgeMs'] as const;
const MB = 1_000_000;
const SECOND = 1_000;

/** When a segment is closed and uploaded. */
export function SegmentSection(props: { readonly saved: Settings }) {
  const draft = useDraft(props.saved);
  const { values, problems, edit } = draft;
  return (
    <Section
      title="When an archive is closed and uploaded"
      note="Whichever comes first."
      effect="Takes effect at the next start of archiving."
      draft={draft}
      fields={FIELDS}
    >
      <div className={cx(classes.fields, classes.three)}>
        <NumberInput
          label="Size"
          description="As stored"
          suffix=" MB"
          decimalScale={3}
          value={values.maxSegmentBytes / MB}
          error={problems['maxSegmentBytes']}
          onChange={(value) => edit({ maxSegmentBytes: Math.round(Number(value) * MB) })}
        />
        <NumberInput
          label="Messages"
          description="Those left out count, too"
          thousandSeparator=","
          allowDecimal={false}
          value={values.maxSegmentRecords}
          error={problems['maxSegmentRecords']}
          onChange={(value) => edit({ maxSegmentRecords: Number(value) })}
        />
        <NumberInput
          label="Age"
          description="Since its first message"
          suffix=" s"
          decimalScale={3}
          value={values.maxSegmentAgeMs / SECOND}
          error={problems['maxSegmentAgeMs']}
          onChange={(value) => edit({ maxSegmentAgeMs: Math.round(Number(value) * SECOND) })}
        />
      </div>
    </Section>
  );
}
