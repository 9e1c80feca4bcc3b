/** Before flows that run the command, two at a time: each would build the app for itself, over the other's. */
import { ensureBuilt } from '../../scripts/build.mjs';

export default ensureBuilt;
