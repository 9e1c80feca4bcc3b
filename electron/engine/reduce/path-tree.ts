/**
 * All paths of a rule in one tree, so that one walk through a value answers for all of them.
 */
import { parsePath, type JsonPath } from '../../../shared/model/json-path';
import { parseCondition, type Condition, type Reduction } from '../../../shared/model/reduction';

/** What a rule says about one place in a value, and about the places below. */
export interface PathNode {
  readonly members: Map<string, PathNode>;
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
    members: new Map(),
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
    else if (step.kind === 'element') node = childOf(node.elements, step.index);
    else node = childOf(node.members, step.name);
  }
  return node;
}

function childOf<Key>(children: Map<Key, PathNode>, key: Key): PathNode {
  const known = children.get(key);
  if (known !== undefined) return known;
  const node = emptyNode();
  children.set(key, node);
  return node;
}

/** An element with a node of its own needs what is said of every element, too. */
function shareEveryElement(node: PathNode): void {
  if (node.everyElement !== null) {
    for (const element of node.elements.values()) merge(element, node.everyElement);
    shareEveryElement(node.everyElement);
  }
  for (const child of [...node.members.values(), ...node.elements.values()]) shareEveryElement(child);
}

function merge(into: PathNode, from: PathNode): void {
  into.isKept ||= from.isKept;
  into.leadsToKept ||= from.leadsToKept;
  into.isDropped ||= from.isDropped;
  into.conditions.push(...from.conditions);
  for (const [name, child] of from.members) merge(childOf(into.members, name), child);
  for (const [index, child] of from.elements) merge(childOf(into.elements, index), child);
  if (from.everyElement !== null) merge((into.everyElement ??= emptyNode()), from.everyElement);
}
