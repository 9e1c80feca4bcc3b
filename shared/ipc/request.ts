/** What the entries of the contract are made of. */
import { z } from 'zod';

/** A request: how its parameters are parsed, and (as a type only) what it answers. */
export interface Request<Params, Result> {
  readonly params: z.ZodType<Params, Params>;
  /** never set: carries the type */
  readonly result?: Result;
}

export const request = <Params>(params: z.ZodType<Params, Params>) => ({
  answers: <Result>(): Request<Params, Result> => ({ params }),
});

export const nothing = z.undefined();
/** or the path of a folder of archives */
export const bucketName = z.string().min(1).max(1_000);
export const objectRef = z.strictObject({ name: z.string().min(1).max(1024), generation: z.string().regex(/^\d+$/) });

export interface JobStarted {
  readonly jobId: string;
}
