/**
 * Places within a JSON value, as a person writes them:
 *
 *     VEHICLE_ID        a member of the object
 *     position.lat      a member of a member
 *     items[0].id       of the first element
 *     items[*].id       of every element
 *     ["odd name"].x    a name in quotes, as JSON writes it: for dots, brackets, blanks, commas and = < > ! *
 *
 * A name never means an element, an index never a member.
 */

export type PathStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'element'; readonly index: number }
  | { readonly kind: 'every-element' };

export type JsonPath = readonly PathStep[];

/** What is wrong with a text that a person typed, in words to show beside it. */
export class SyntaxProblem extends Error {}

const MAX_STEPS = 32;
const BARE_NAME = /[^\s.[\]"'=<>!,*]+/y;
const INDEX = /\[(0|[1-9]\d{0,8})\]/y;
const EVERY = /\[\*\]/y;
const QUOTED_NAME = /\[("(?:[^"\\]|\\.)*")\]/y;

/** @throws SyntaxProblem */
export function parsePath(text: string): JsonPath {
  const { path, end } = readPath(text, 0);
  if (end < text.length) throw new SyntaxProblem(unexpected(text, end));
  return path;
}

/** Reads the path that begins at a position, as far as it goes. @throws SyntaxProblem */
export function readPath(text: string, start: number): { readonly path: JsonPath; readonly end: number } {
  const path: PathStep[] = [];
  let at = start;
  for (;;) {
    const step = readStep(text, at, path.length === 0);
    if (step === null) break;
    path.push(step.step);
    at = step.end;
  }
  if (path.length === 0) throw new SyntaxProblem(text === '' ? 'A path needs a name' : unexpected(text, at));
  if (path.length > MAX_STEPS) throw new SyntaxProblem(`A path has at most ${MAX_STEPS} steps`);
  return { path, end: at };
}

function readStep(
  text: string,
  at: number,
  isFirst: boolean,
): { readonly step: PathStep; readonly end: number } | null {
  if (text[at] === '[') return readBracket(text, at);
  if (!isFirst && text[at] !== '.') return null;
  const from = isFirst ? at : at + 1;
  const name = match(BARE_NAME, text, from)?.[0];
  if (name === undefined) {
    if (isFirst) return null;
    throw new SyntaxProblem(unexpected(text, from));
  }
  return { step: { kind: 'member', name }, end: from + name.length };
}

function readBracket(text: string, at: number): { readonly step: PathStep; readonly end: number } {
  const index = match(INDEX, text, at);
  if (index !== null) return { step: { kind: 'element', index: Number(index[1]) }, end: at + index[0].length };
  if (match(EVERY, text, at) !== null) return { step: { kind: 'every-element' }, end: at + '[*]'.length };
  const quoted = match(QUOTED_NAME, text, at);
  if (quoted === null) throw new SyntaxProblem('In brackets stand a number, * or a name in double quotes');
  return { step: { kind: 'member', name: unquote(quoted[1] ?? '') }, end: at + quoted[0].length };
}

/** The text of a JSON string. @throws SyntaxProblem */
export function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new SyntaxProblem(`${quoted} is not a text as JSON writes it`);
  }
}

/** The one way to write a path. */
export function pathText(path: JsonPath): string {
  return path.map((step, index) => stepText(step, index === 0)).join('');
}

function stepText(step: PathStep, isFirst: boolean): string {
  if (step.kind === 'element') return `[${step.index}]`;
  if (step.kind === 'every-element') return '[*]';
  const isBare = match(BARE_NAME, step.name, 0)?.[0] === step.name;
  return isBare ? `${isFirst ? '' : '.'}${step.name}` : `[${JSON.stringify(step.name)}]`;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function unexpected(text: string, at: number): string {
  return at >= text.length
    ? 'A name is missing at the end'
    : `"${text.slice(at, at + 10)}" is not expected here; a name with such characters is written ["name"]`;
}
