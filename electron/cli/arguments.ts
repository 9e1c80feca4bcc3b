import { parseArgs, type ParseArgsConfig } from 'node:util';
import { z } from 'zod';
import { messageOf, PermafrostError } from '../../shared/errors';

/** What a command cannot be begun with; exit code 2. */
export class UsageError extends Error {}

export type Flags = NonNullable<ParseArgsConfig['options']>;

/**
 * Flags of a command. A flag that is absent is taken from the environment: `--max-bytes` from PERMAFROST_MAX_BYTES
 * (several values separated by commas); one that is absent there too from the file that --settings names.
 * @param options.readFile the values of a settings file, for commands that take one
 * @param options.positionals the field of the schema that takes the arguments that are no flags, as a list
 * @throws UsageError
 */
export function parseFlags<Shape extends z.ZodRawShape>(
  args: readonly string[],
  flags: Flags,
  schema: z.ZodObject<Shape>,
  environment: NodeJS.ProcessEnv,
  options: { readonly readFile?: (file: string) => Record<string, unknown>; readonly positionals?: string } = {},
): z.infer<z.ZodObject<Shape>> {
  const given = { ...fromEnvironment(flags, environment), ...fromArguments(args, flags, options.positionals) };
  const { settings } = given;
  const values =
    typeof settings === 'string' && options.readFile !== undefined
      ? { ...options.readFile(settings), ...given }
      : given;
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const flag = String(issue?.path[0] ?? '');
  const name = flag === options.positionals ? flag.toUpperCase() : `--${flag}`;
  throw new UsageError(values[flag] === undefined ? `${name} is needed` : `${name}: ${issue?.message ?? 'not valid'}`);
}

function fromArguments(
  args: readonly string[],
  flags: Flags,
  positionals: string | undefined,
): Record<string, unknown> {
  try {
    const allowPositionals = positionals !== undefined;
    const parsed = parseArgs({ args: [...args], options: flags, strict: true, allowPositionals });
    return allowPositionals && parsed.positionals.length > 0
      ? { ...parsed.values, [positionals]: parsed.positionals }
      : parsed.values;
  } catch (thrown) {
    throw new UsageError(messageOf(thrown));
  }
}

function fromEnvironment(flags: Flags, environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [flag, { type, multiple }] of Object.entries(flags)) {
    const text = environment[`PERMAFROST_${flag.replaceAll('-', '_').toUpperCase()}`];
    if (text === undefined || text === '') continue;
    if (type === 'boolean') values[flag] = text === '1' || text === 'true';
    else values[flag] = multiple === true ? text.split(',') : text;
  }
  return values;
}

/** A whole number in a flag's text. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'takes a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `takes a number from ${min} to ${max}`);

/** "64000", "16MB": decimal units. */
export const byteSize = z
  .string()
  .regex(/^\d+(kB|MB|GB)?$/, 'takes a size such as 64000, 500kB or 16MB')
  .transform((text) => Number.parseInt(text) * ({ kB: 1e3, MB: 1e6, GB: 1e9 }[text.slice(-2)] ?? 1));

/** "500ms", "30s", "5m", "1h": in ms. */
export const timeSpan = z
  .string()
  .regex(/^\d+(ms|s|m|h)$/, 'takes a time such as 500ms, 30s, 5m or 1h')
  .transform((text) => Number.parseInt(text) * (UNITS_MS[text.replace(/^\d+/, '')] ?? 1));

/** An offset in a flag's text. */
export const offsetFlag = z
  .string()
  .regex(/^\d{1,18}$/, 'takes an offset')
  .transform((digits) => BigInt(digits));

/** "2022-12-20", "2022-12-20T08:00:00Z": in ms since 1970. */
export const timeFlag = z.string().transform((text, context) => {
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return BigInt(ms);
  context.addIssue({ code: 'custom', message: 'takes a time such as 2022-12-20 or 2022-12-20T08:00:00Z' });
  return z.NEVER;
});

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const END_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Aborted when the process is asked to end: SIGINT (Ctrl-C) or SIGTERM. Asked once more, it ends at once. */
export function untilAskedToEnd(): AbortSignal {
  const asked = new AbortController();
  const end = (): void => {
    for (const signal of END_SIGNALS) process.off(signal, end);
    asked.abort();
  };
  for (const signal of END_SIGNALS) process.on(signal, end);
  return asked.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export function failure(message: string): PermafrostError {
  return new PermafrostError('INPUT_INVALID', message);
}
