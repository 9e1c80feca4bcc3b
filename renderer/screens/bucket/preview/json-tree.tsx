import { Button, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { counted } from '../../../format/format';
import type { JsonNode } from '../../../format/json-source';
import classes from './json-tree.module.css';

const OPEN_LEVELS = 3;
const CHILDREN_AT_ONCE = 200;

/** JSON as it was written: numbers keep their text. */
export function JsonTree(props: { readonly node: JsonNode }) {
  return (
    <div className={classes.tree}>
      <ul>
        <Branch name={null} node={props.node} level={0} />
      </ul>
    </div>
  );
}

function Branch(props: { readonly name: string | null; readonly node: JsonNode; readonly level: number }) {
  const { name, node, level } = props;
  const [isOpen, setOpen] = useState(level < OPEN_LEVELS);
  const label = name === null ? null : <span className={classes.name}>{name}: </span>;
  if (node.kind !== 'object' && node.kind !== 'array') {
    return (
      <li>
        {label}
        <Leaf node={node} />
      </li>
    );
  }
  const children = node.kind === 'object' ? node.members : node.items.map((item, at) => [String(at), item] as const);
  const size = node.kind === 'object' ? counted(children.length, 'member') : counted(children.length, 'item');
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <li>
      <UnstyledButton className={classes.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Chevron size={14} aria-hidden />
        {label}
        <span className={classes.size}>{node.kind === 'object' ? `{ ${size} }` : `[ ${size} ]`}</span>
      </UnstyledButton>
      {isOpen && <Children entries={children} level={level + 1} />}
    </li>
  );
}

function Children(props: { readonly entries: readonly (readonly [string, JsonNode])[]; readonly level: number }) {
  const { entries, level } = props;
  const [shown, setShown] = useState(CHILDREN_AT_ONCE);
  return (
    <ul>
      {entries.slice(0, shown).map(([name, node], at) => (
        <Branch key={at} name={name} node={node} level={level} />
      ))}
      {entries.length > shown && (
        <li>
          <Button variant="subtle" size="compact-xs" onClick={() => setShown(shown + CHILDREN_AT_ONCE)}>
            Show {Math.min(CHILDREN_AT_ONCE, entries.length - shown)} more of {entries.length - shown}
          </Button>
        </li>
      )}
    </ul>
  );
}

function Leaf(props: { readonly node: Exclude<JsonNode, { kind: 'object' | 'array' }> }) {
  const { node } = props;
  switch (node.kind) {
    case 'string':
      return <span className={classes.string}>{JSON.stringify(node.value)}</span>;
    case 'number':
      return <span className={classes.number}>{node.source}</span>;
    case 'word':
      return <span className={classes.word}>{node.source}</span>;
  }
}
