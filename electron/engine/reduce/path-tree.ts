/**
 * All paths of a rule in one tree, so that one walk through a value answers for all of them.
 */
import { parsePath, type JsonPath } from '../../../shared/model/json-path';
import type { Reduction } from '../../../shared/model/reduction';
import { parseCondition, type Condition } from '../../../shared/model/reduction-syntax';

/** What a rule says about one place in a value, and about the places below. */
export interface PathNode {
  readonly members: PathMember[];
  /** holds what `everyElement` says, too */
  readonly elements: Map<number, PathNode>;
  everyElement: PathNode | null;
  /** a path of keepFields ends here */
  isKept: boolean;
  /** a path of keepFields leads through here */
  leadsToKept: boolean;
  /** a path of dropFields ends here */
  isDropped: boolean;
  /** tested on the value here; indexes into `PathTree.conditions` */
  readonly conditions: number[];
}

export interface PathMember {
  readonly name: string;
  /** UTF-8 */
  readonly bytes: Buffer;
  readonly node: PathNode;
}

export interface PathTree {
  readonly root: PathNode;
  readonly conditions: readonly Condition[];
  /** without a path in keepFields everything is kept that is not dropped */
  readonly keepsAll: boolean;
  readonly cuts: boolean;
}

/** @returns null for a rule that does not look into values */
export function buildPathTree(rule: Reduction): PathTree | null {
  const { keepFields, dropFields } = rule;
  const cuts = keepFields.length + dropFields.length > 0;
  if (!cuts && rule.filter.length === 0) return null;
  const root = emptyNode();
  const conditions = rule.filter.map(parseCondition);
  for (const path of keepFields.map(parsePath)) {
    place(root, path, (node) => (node.leadsToKept = true)).isKept = true;
  }
  for (const path of dropFields.map(parsePath)) place(root, path).isDropped = true;
  conditions.forEach(({ path }, index) => place(root, path).conditions.push(index));
  shareEveryElement(root);
  return { root, conditions, keepsAll: keepFields.length === 0, cuts };
}

function emptyNode(): PathNode {
  return {
    members: [],
    elements: new Map(),
    everyElement: null,
    isKept: false,
    leadsToKept: false,
    isDropped: false,
    conditions: [],
  };
}

function place(root: PathNode, path: JsonPath, onTheWay?: (node: PathNode) => void): PathNode {
  let node = root;
  for (const step of path) {
    onTheWay?.(node);
    if (step.kind === 'every-element') node = node.everyElement ??= emptyNode();
    else if (step.kind === 'element') node = elementOf(node, step.index);
    else node = memberOf(node, step.name);
  }
  return node;
}

function memberOf({ members }: PathNode, name: string): PathNode {
  const known = members.find((member) => member.name === name);
  if (known !== undefined) return known.node;
  const node = emptyNode();
  members.push({ name, bytes: Buffer.from(name), node });
  return node;
}

function elementOf({ elements }: PathNode, index: number): PathNode {
  const known = elements.get(index);
  if (known !== undefined) return known;
  const node = emptyNode();
  elements.set(index, node);
  return node;
}

/** An element with a node of its own needs what is said of every element, too. */
function shareEveryElement(node: PathNode): void {
  if (node.everyElement !== null) {
    for (const element of node.elements.values()) merge(element, node.everyElement);
    shareEveryElement(node.everyElement);
  }
  for (const member of node.members) shareEveryElement(member.node);
  for (const element of node.elements.values()) shareEveryElement(element);
}

function merge(into: PathNode, from: PathNode): void {
  into.isKept ||= from.isKept;
  into.leadsToKept ||= from.leadsToKept;
  into.isDropped ||= from.isDropped;
  into.conditions.push(...from.conditions);
  for (const { name, node } of from.members) merge(memberOf(into, name), node);
  for (const [index, node] of from.elements) merge(elementOf(into, index), node);
  if (from.everyElement !== null) merge((into.everyElement ??= emptyNode()), from.everyElement);
}
