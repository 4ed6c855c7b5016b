/** The net changes of the document: what was different afterwards and stayed so. */
import type { Activation } from "./activation";
import { UNSEEN, isVisible, up } from "./dom";
import { isNoise, isRipple, isTicker, see, seeRipple } from "./noise";

/** Ripples and flashes are over by then (600 ms is the longest customary), a "Copied" is not. */
const HOLD_MS = 700;
/** A late change without known cause may be a clock's first stroke: wait for the next ones. */
const WEAK_MS = 2900;
/** What follows an activation so soon is taken for its doing. */
export const AT_ONCE_MS = 150;
/** On a slow machine from press to handling. */
const HANDLED_MS = 500;
const MOST_OPEN = 200;

export interface Change {
  node: Node;
  /** attribute name, "#text", "+TAG.class", "-", or "html" */
  key: string;
  before: string;
  nodes: Set<Node>;
  /** when it was first seen, and again */
  times: number[];
  /** whose doing it was, as far as known */
  owners: Set<Activation>;
  /** known by more than the moment */
  sure: boolean;
  /** when it may be believed */
  due: number;
}

let open: Change[] = [];
/** Attributes that nobody sees, unless a style sheet makes something of them: that shows in the look. */
const QUIET = /^(aria-(?!busy)|data-|on|(id|name|title|role|for|tabindex)$)/;
/** Class names that only say where the pointer or the focus is. */
const TOUCH_CLASS = /ripple|(^|[-_])(focus|hover|wave)\S*$/i;

/** Take a batch of records. `owner`: whose doing it was, if known; `sure`: known by more than its moment. */
export function note(
  records: MutationRecord[],
  now: number,
  owner: Activation | null,
  sure: boolean,
  latest: Activation | null,
): void {
  const attributes = new Map<Node, Map<string, string>>();
  const lists = new Map<Node, { added: Set<Node>; removed: Set<Node> }>();
  for (const record of records) {
    if (record.type === "childList") {
      const list = lists.get(record.target) ?? { added: new Set(), removed: new Set() };
      lists.set(record.target, list);
      for (const gone of record.removedNodes) if (!list.added.delete(gone)) list.removed.add(gone);
      for (const come of record.addedNodes) list.added.add(come);
    } else {
      const key = record.attributeName ?? "#text";
      const olds = attributes.get(record.target) ?? new Map<string, string>();
      attributes.set(record.target, olds);
      if (!olds.has(key)) olds.set(key, record.oldValue ?? "");
    }
  }
  /** Another activation does this at once: what the one before did has stood until now. */
  const isAnothers = (change: Change) => !!owner && sure && now - owner.t < HANDLED_MS && !change.owners.has(owner);
  const alter = (node: Node, key: string, before: string, after: string, nodes: Iterable<Node> = []) => {
    if (before === after) return;
    const known = open.find(
      (change) => change.node === node && change.key === key && (key[0] !== "+" || !owner || change.owners.has(owner)),
    );
    if (known && !isAnothers(known)) {
      if (after === known.before) return revert(known);
      known.times.push(now);
      if (owner) known.owners.add(owner);
      if (!known.sure && latest) known.due = Math.max(known.due, latest.t + WEAK_MS);
      for (const one of nodes) known.nodes.add(one);
      return;
    }
    if (!latest) return see(node, key, now);
    if (known) keep(known);
    if (isRipple(node, key) || isNoise(node, key, now, sure) || open.length >= MOST_OPEN) return;
    const due = Math.max(now + HOLD_MS, sure ? 0 : latest.t + WEAK_MS);
    open.push({ node, key, before, nodes: new Set(nodes), times: [now], owners: new Set(owner ? [owner] : []), sure, due });
  };

  for (const [node, olds] of attributes) {
    for (const [key, old] of olds) {
      const value = node.nodeValue ?? (node as Element).getAttribute(key) ?? "";
      if (!QUIET.test(key)) alter(node, key, normal(key, old), normal(key, value));
    }
  }
  for (const [parent, { added, removed }] of lists) {
    for (const node of added) if (!node.isConnected && !removed.has(node)) added.delete(node);
    const moved = [...added].filter((node) => removed.has(node));
    if (moved.length) alter(parent, "order", "", "" + now);
    const come = [...added].filter((node) => !removed.has(node) && counts(node)).slice(0, 20);
    const gone = [...removed].filter((node) => !added.has(node) && counts(node)).slice(0, 20);
    if (come.length && gone.length) {
      alter(parent, "html", gone.map(html).join(""), come.map(html).join(""), come);
      continue;
    }
    for (const node of gone) {
      const its = open.find((change) => change.key[0] === "+" && change.nodes.has(node));
      if (!its) {
        if (!isRipple(parent, "+" + sort(node))) alter(parent, "-" + sort(node), html(node), "");
      } else if (isAnothers(its)) {
        keep(its);
      } else {
        its.nodes.delete(node);
        if (!its.nodes.size) revert(its);
      }
    }
    for (const node of come) alter(parent, "+" + sort(node), "", "" + now, [node]);
  }
}

/** The changes that have stood long enough to be believed. */
export function ripe(now: number): Change[] {
  for (const change of [...open]) {
    if (now < change.due) continue;
    keep(change);
    if (change.sure || !isTicker(change.times, now)) continue;
    kept.pop();
    for (const time of change.times) see(change.node, change.key, time);
  }
  const done = kept;
  kept = [];
  return done.filter(isSeen);
}

/** Whether a change that `answers` has not stood long enough. */
export function isUndecided(answers: (change: Change) => boolean): boolean {
  return open.some(answers) || kept.some(answers);
}

let kept: Change[] = [];

function keep(change: Change): void {
  open = open.filter((other) => other !== change);
  kept.push(change);
}

function revert(change: Change): void {
  open = open.filter((other) => other !== change);
  seeRipple(change.node, change.key);
}

function isSeen({ node, key, nodes }: Change): boolean {
  // what hides or shows cannot be asked whether it is visible
  if (/^(class|style|hidden|open|disabled)$/.test(key)) return true;
  return [...(key[0] === "+" ? nodes : [node])].some((one) => isVisible(one.nodeType === 1 ? (one as Element) : up(one)));
}

function counts(node: Node): boolean {
  return node.nodeType === 3 ? !!node.nodeValue!.trim() : node.nodeType === 1 && !UNSEEN.test(node.nodeName) && !/ripple/i.test((node as Element).className);
}

function html(node: Node): string {
  return ((node as Element).outerHTML ?? node.nodeValue).trim().slice(0, 2000);
}

function sort(node: Node): string {
  return node.nodeName + (node as Element).className;
}

function normal(key: string, value: string): string {
  if (key === "class") value = value.split(" ").filter((name) => !TOUCH_CLASS.test(name)).join("");
  // custom properties carry a ripple's position; what they do shows in the look
  return value.replace(key === "style" ? /--[^;]*;?|\s/g : /\s+/g, "");
}
