/**
 * One walk through a record's value: whether it is JSON, which conditions it meets, and which of its bytes a rule cuts
 * out. The value is never built up: kept bytes stay as they were written, so 9007199254740993, 1.0, 1e3, escapes, blanks
 * and names that come twice survive.
 */
import { isUtf8 } from 'node:buffer';
import type { PathNode, PathTree } from './path-tree';
import { testFits } from './condition-test';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  JsonScanner,
  NOT_JSON,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-scanner';

/** Reused from value to value. */
export class ValueWalk {
  readonly #tree: PathTree;
  /** by condition: whether its test fits some value at its path */
  readonly #fits: Uint8Array;
  readonly #scanner = new JsonScanner();
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
    const scanner = this.#scanner;
    const end = start + length;
    scanner.open(bytes, end);
    this.#fits.fill(0);
    this.#cuts.length = 0;
    this.#cutBytes = 0;
    const { root, cuts, keepsAll } = this.#tree;
    const behind = this.#value(root, scanner.skipBlanks(start), cuts, keepsAll);
    const isJson =
      behind !== NOT_JSON &&
      scanner.skipBlanks(behind) === end &&
      (scanner.isAscii || isUtf8(bytes.subarray(start, end)));
    if (!isJson) this.#cuts.length = 0;
    return isJson;
  }

  /**
   * @param isCutting false within what is cut out as a whole, where only conditions matter
   * @param keepsAll everything below is kept that is not dropped
   */
  #value(node: PathNode, start: number, isCutting: boolean, keepsAll: boolean): number {
    const first = this.#scanner.byteAt(start);
    let behind: number;
    if (first === OPEN_BRACE) behind = this.#object(node, start, isCutting, keepsAll);
    else if (first === OPEN_BRACKET) behind = this.#array(node, start, isCutting, keepsAll);
    else behind = this.#scanner.skipValue(start);
    if (behind !== NOT_JSON) {
      for (const index of node.conditions) {
        const condition = this.#tree.conditions[index];
        if (condition !== undefined && testFits(condition.test, this.#scanner.bytes, start, behind))
          this.#fits[index] = 1;
      }
    }
    return behind;
  }

  #object(node: PathNode, start: number, isCutting: boolean, keepsAll: boolean): number {
    const scanner = this.#scanner;
    const children = new Children(start);
    let at = scanner.skipBlanks(start + 1);
    if (scanner.byteAt(at) === CLOSE_BRACE) return at + 1;
    for (;;) {
      if (scanner.byteAt(at) !== QUOTE) return NOT_JSON;
      const nameEnd = scanner.skipString(at);
      if (nameEnd === NOT_JSON) return NOT_JSON;
      const child = this.#memberNode(node, at, nameEnd);
      const valueStart = scanner.skipColon(nameEnd);
      if (valueStart === NOT_JSON) return NOT_JSON;
      const behind = this.#child(children, child, at, valueStart, isCutting, keepsAll);
      if (behind === NOT_JSON) return NOT_JSON;
      at = scanner.skipBlanks(behind);
      const next = scanner.byteAt(at);
      if (next === CLOSE_BRACE) break;
      if (next !== COMMA) return NOT_JSON;
      at = scanner.skipBlanks(at + 1);
    }
    this.#finish(children);
    return at + 1;
  }

  #array(node: PathNode, start: number, isCutting: boolean, keepsAll: boolean): number {
    const scanner = this.#scanner;
    const children = new Children(start);
    let at = scanner.skipBlanks(start + 1);
    if (scanner.byteAt(at) === CLOSE_BRACKET) return at + 1;
    for (let index = 0; ; index += 1) {
      const child = node.elements.get(index) ?? node.everyElement;
      const behind = this.#child(children, child, at, at, isCutting, keepsAll);
      if (behind === NOT_JSON) return NOT_JSON;
      at = scanner.skipBlanks(behind);
      const next = scanner.byteAt(at);
      if (next === CLOSE_BRACKET) break;
      if (next !== COMMA) return NOT_JSON;
      at = scanner.skipBlanks(at + 1);
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
        ? this.#scanner.skipValue(valueStart)
        : this.#value(node, valueStart, isCutting && !isCut, staysWhole);
    if (isCutting && behind !== NOT_JSON) this.#ended(children, behind, isCut);
    return behind;
  }

  /** An object or an array on the way to something that is kept. */
  #leadsOn(node: PathNode | null | undefined, valueStart: number): boolean {
    if (node?.leadsToKept !== true) return false;
    const first = this.#scanner.byteAt(valueStart);
    return first === OPEN_BRACE || first === OPEN_BRACKET;
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

  /** What the rule says of the member whose name, quotes included, was just stepped over. */
  #memberNode(node: PathNode, start: number, end: number): PathNode | undefined {
    if (node.members.length === 0) return undefined;
    const { bytes, hasEscape } = this.#scanner;
    if (hasEscape) {
      const name = JSON.parse(bytes.toString('utf8', start, end)) as string;
      return node.members.find((member) => member.name === name)?.node;
    }
    for (const member of node.members) {
      if (isSame(member.bytes, bytes, start + 1, end - 1)) return member.node;
    }
    return undefined;
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

/** For a few bytes, a loop is faster than Buffer's compare. */
function isSame(name: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let index = 0; index < name.length; index += 1) if (name[index] !== bytes[start + index]) return false;
  return true;
}
