import { bucketStore, chooseBucket } from './bucket';
import { EMPTY_DRAFT, restoreStore } from './restore';
import { searchStore } from './search';
import { sendStore } from './send';
import { verifyStore } from './verify';

/**
 * Another connection is in use: what was typed or found for the former one would speak of another cluster's topics and
 * another bucket's archives.
 */
export function leaveConnection(): void {
  sendStore.setState({ topic: null, sent: [] });
  restoreStore.setState({ draft: EMPTY_DRAFT, planned: null, isAsking: false });
  verifyStore.setState({ topic: '', view: null });
  searchStore.setState(({ draft }) => ({
    isOpen: false,
    draft: { ...draft, topic: '', partition: '' },
    hits: [],
    view: null,
    jobId: null,
  }));
  bucketStore.setState({ buckets: null });
  chooseBucket(null);
}
