import { discardSection, isDirty, saveSection, shownValues, type SectionName } from '../../../stores/bucket-settings';
import { useBucketSettings } from '../../../stores/hooks';
import { attempt } from '../../../stores/report';

/** What a Section of these settings needs. */
export function useSection(section: SectionName) {
  return {
    isDirty: useBucketSettings((state) => isDirty(state, section)),
    isBusy: useBucketSettings(({ saving }) => saving === section),
    problem: useBucketSettings(({ problem }) => (problem?.section === section ? problem.text : undefined)),
    onDiscard: () => discardSection(section),
    onSave: () => attempt(() => saveSection(section)),
  };
}

/** What is typed, else what is saved. */
export function useShownValues() {
  const settings = useBucketSettings((state) => state.settings);
  const draft = useBucketSettings((state) => state.draft);
  return shownValues({ settings, draft });
}
