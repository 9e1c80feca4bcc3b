/** How one item of an administrative request ended: with an error code and a text, or without. */
import { ErrorCode, KafkaRefusal } from './error-codes';

export interface Outcome {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

export const DONE: Outcome = { errorCode: ErrorCode.NONE, errorMessage: null };

/** Runs `work` and turns a refusal into an outcome; anything else is a defect and goes on up. */
export async function outcomeOf(work: () => unknown): Promise<Outcome> {
  try {
    await work();
    return DONE;
  } catch (error) {
    if (error instanceof KafkaRefusal) return { errorCode: error.errorCode, errorMessage: error.message };
    throw error;
  }
}
