/**
 * One walk through a record's value: whether it is JSON, which conditions it meets, and which of its bytes a rule cuts
 * out. The value is never built up: kept bytes stay as they were written, so 9007199254740993, 1.0, 1e3, escapes, blanks
 * and names that come twice survive.
 */
import { isUtf8 } from 'node:buffer';
import type { PathNode, PathTree } from './path-tree';
import { testFits } from './condition-test';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  NOT_JSON,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipBlanks,
  skipColon,
  skipString,
  skipValue,
} from './json-scan';

/** Reused from value to value. */
export class ValueWalk {
  readonly #tree: PathTree;
  /** by condition: whether its test fits some value at its path */
  readonly #fits: Uint8Array;
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;
  /** pairs of start and end, ascending, apart from each other */
  #cuts: number[] = [];
  #cutBytes = 0;

  constructor(tree: PathTree) {
    this.#tree = tree;
    this.#fits = new Uint8Array(tree.conditions.length);
  }

  /** Stretches to cut out of the last value: pairs of start and end, indexes into its bytes. */
  get cuts(): readonly number[] {
    return this.#cuts;
  }

  get cutBytes(): number {
    return this.#cutBytes;
  }

  /** All conditions hold for the last value. */
  get meetsConditions(): boolean {
    const { conditions } = this.#tree;
    return conditions.every(({ isNegated }, index) => (this.#fits[index] === 1) !== isNegated);
  }

  /** @returns false for what is not JSON: nothing else is then told of it */
  walk(bytes: Buffer, start: number, length: number): boolean {
    this.#bytes = bytes;
    this.#end = start + length;
    this.#fits.fill(0);
    this.#cuts.length = 0;
    this.#cutBytes = 0;
    const first = skipBlanks(bytes, start, this.#end);
    const isCutting = this.#tree.cuts;
    const behind = this.#value(this.#tree.root, first, isCutting, this.#tree.keepsAll);
    const isJson =
      behind !== NOT_JSON &&
      skipBlanks(bytes, behind, this.#end) === this.#end &&
      isUtf8(bytes.subarray(start, this.#end));
    if (!isJson) this.#cuts.length = 0;
    return isJson;
  }

  /**
   * @param isCutting false within what is cut out as a whole, where only conditions matter
   * @param keepsAll everything below is kept that is not dropped
   */
  #value(node: PathNode, start: number, isCutting: boolean, keepsAll: boolean): number {
    const first = start < this.#end ? this.#bytes[start] : 0;
    let behind: number;
    if (first === OPEN_BRACE) behind = this.#object(node, start, isCutting, keepsAll);
    else if (first === OPEN_BRACKET) behind = this.#array(node, start, isCutting, keepsAll);
    else behind = skipValue(this.#bytes, start, this.#end);
    if (behind !== NOT_JSON) {
      for (const index of node.conditions) {
        const condition = this.#tree.conditions[index];
        if (condition !== undefined && testFits(condition.test, this.#bytes, start, behind)) this.#fits[index] = 1;
      }
    }
    return behind;
  }

  #object(node: PathNode, start: number, isCutting: boolean, keepsAll: boolean): number {
    const bytes = this.#bytes;
    const children = new Children(start);
    let at = skipBlanks(bytes, start + 1, this.#end);
    if (at < this.#end && bytes[at] === CLOSE_BRACE) return at + 1;
    for (;;) {
      if (at >= this.#end || bytes[at] !== QUOTE) return NOT_JSON;
      const nameEnd = skipString(bytes, at, this.#end);
      if (nameEnd === NOT_JSON) return NOT_JSON;
      const child = this.#memberNode(node, at, nameEnd);
      const valueStart = skipColon(bytes, nameEnd, this.#end);
      if (valueStart === NOT_JSON) return NOT_JSON;
      const behind = this.#child(children, child, at, valueStart, isCutting, keepsAll);
      if (behind === NOT_JSON) return NOT_JSON;
      at = skipBlanks(bytes, behind, this.#end);
      const next = at < this.#end ? bytes[at] : 0;
      if (next === CLOSE_BRACE) break;
      if (next !== COMMA) return NOT_JSON;
      at = skipBlanks(bytes, at + 1, this.#end);
    }
    this.#finish(children);
    return at + 1;
  }

  #array(node: PathNode, start: number, isCutting: boolean, keepsAll: boolean): number {
    const bytes = this.#bytes;
    const children = new Children(start);
    let at = skipBlanks(bytes, start + 1, this.#end);
    if (at < this.#end && bytes[at] === CLOSE_BRACKET) return at + 1;
    for (let index = 0; ; index += 1) {
      const child = node.elements.get(index) ?? node.everyElement;
      const behind = this.#child(children, child, at, at, isCutting, keepsAll);
      if (behind === NOT_JSON) return NOT_JSON;
      at = skipBlanks(bytes, behind, this.#end);
      const next = at < this.#end ? bytes[at] : 0;
      if (next === CLOSE_BRACKET) break;
      if (next !== COMMA) return NOT_JSON;
      at = skipBlanks(bytes, at + 1, this.#end);
    }
    this.#finish(children);
    return at + 1;
  }

  /** A member or an element: stepped over, walked through, cut out. @param start of a member: its name's */
  #child(
    children: Children,
    node: PathNode | null | undefined,
    start: number,
    valueStart: number,
    isCutting: boolean,
    keepsAll: boolean,
  ): number {
    const staysWhole = keepsAll || node?.isKept === true;
    const isCut = isCutting && (node?.isDropped === true || (!staysWhole && !this.#leadsOn(node, valueStart)));
    if (isCutting) this.#begin(children, start, isCut);
    const behind =
      node === null || node === undefined
        ? skipValue(this.#bytes, valueStart, this.#end)
        : this.#value(node, valueStart, isCutting && !isCut, staysWhole);
    if (isCutting && behind !== NOT_JSON) this.#ended(children, behind, isCut);
    return behind;
  }

  /** An object or an array on the way to something that is kept. */
  #leadsOn(node: PathNode | null | undefined, valueStart: number): boolean {
    const first = valueStart < this.#end ? this.#bytes[valueStart] : 0;
    return node?.leadsToKept === true && (first === OPEN_BRACE || first === OPEN_BRACKET);
  }

  /** Before the first that is kept, everything since the first one is cut; a comma goes with what follows it. */
  #begin(children: Children, start: number, isCut: boolean): void {
    if (children.first === -1) children.first = start;
    if (isCut || children.hasKept) return;
    children.hasKept = true;
    if (children.hasCut) this.#cut(children.first, start);
  }

  #ended(children: Children, behind: number, isCut: boolean): void {
    if (isCut) {
      children.hasCut = true;
      if (children.hasKept) this.#cut(children.previousEnd, behind);
    }
    children.previousEnd = behind;
  }

  #finish(children: Children): void {
    if (children.hasCut && !children.hasKept) this.#cut(children.first, children.previousEnd);
  }

  #cut(start: number, end: number): void {
    this.#cutBytes += end - start;
    const last = this.#cuts.length - 1;
    if (this.#cuts[last] === start) this.#cuts[last] = end;
    else this.#cuts.push(start, end);
  }

  #memberNode(node: PathNode, start: number, end: number): PathNode | undefined {
    if (node.members.size === 0) return undefined;
    const isEscaped = this.#bytes.subarray(start, end).includes(BACKSLASH);
    const name = isEscaped
      ? (JSON.parse(this.#bytes.toString('utf8', start, end)) as string)
      : this.#bytes.toString('utf8', start + 1, end - 1);
    return node.members.get(name);
  }
}

/** What is known of an object's members, or an array's elements, so far. */
class Children {
  first = -1;
  hasKept = false;
  hasCut = false;
  previousEnd: number;

  constructor(start: number) {
    this.previousEnd = start;
  }
}
