import { wordOf } from '../../lib/states.ts';
import type { TraceNode } from './trace-tree.ts';

export interface TraceRow {
  readonly node: TraceNode;
  readonly depth: number;
  /** The row that it stands under. */
  readonly parent: string | null;
  readonly canOpen: boolean;
  readonly isOpen: boolean;
}

export interface TraceChoice {
  /** What a person has opened or closed. */
  readonly opened: ReadonlyMap<string, boolean>;
  /** A part of a name or a message. */
  readonly find: string;
  readonly errorsOnly: boolean;
}

const isError = ({ of }: TraceNode) => of?.state_type === 'FAILED' || of?.state_type === 'CRASHED';

/** The rows that are seen: with a search, what matches and all that it stands under. */
export function rowsOf(root: TraceNode, { opened, find, errorsOnly }: TraceChoice): readonly TraceRow[] {
  const text = find.trim().toLowerCase();
  const isSearch = text !== '' || errorsOnly;
  const hits = isSearch ? hitsOf(root, (node) => (!errorsOnly || isError(node)) && (text === '' || says(node, text))) : undefined;
  const rows: TraceRow[] = [];
  const add = (node: TraceNode, depth: number, parent: string | null) => {
    if (hits && !hits.has(node.key)) return;
    const canOpen = node.children.length > 0 || node.isClosedRun;
    const isOpen = canOpen && (opened.get(node.key) ?? (node.children.length > 0 && isOpenAtFirst(node, depth, hits !== undefined)));
    rows.push({ node, depth, parent, canOpen, isOpen });
    if (isOpen) for (const child of node.children) add(child, depth + 1, node.key);
  };
  add(root, 0, null);
  return rows;
}

/** Many of a kind are closed at first, and so are other flow runs than the page's. */
const isOpenAtFirst = ({ kind }: TraceNode, depth: number, isSearch: boolean) => isSearch || depth === 0 || kind === 'task';

const says = ({ name, about, of }: TraceNode, text: string) =>
  [name, about, of?.message, of && wordOf(of)].some((each) => each?.toLowerCase().includes(text));

/** The keys of all that match, and of what they stand under. The first row is always there. */
function hitsOf(root: TraceNode, isHit: (node: TraceNode) => boolean): ReadonlySet<string> {
  const hits = new Set([root.key]);
  const look = (node: TraceNode): boolean => {
    let found = node.kind !== 'many' && isHit(node);
    for (const child of node.children) found = look(child) || found;
    if (found) hits.add(node.key);
    return found;
  };
  look(root);
  return hits;
}
