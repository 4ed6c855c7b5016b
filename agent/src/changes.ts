/** The net changes of the document: what was different afterwards and stayed so. */
import type { Activation } from "./activation";
import { UNSEEN, isVisible, up } from "./dom";
import { kept as keptIn } from "./kept";
import { isNoise, isRipple, isTicker, see, seeRipple } from "./noise";

/** Ripples and flashes are over by then (600 ms is the longest customary), a "Copied" is not. */
const HOLD_MS = 700;
/** A late change without known cause may be a clock's first stroke: wait for the next ones. */
const WEAK_MS = 2900;
/** On a slow machine from press to handling. */
const HANDLED_MS = 500;
const MOST_OPEN = 200;
const MOST_NODES = 20;

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
let kept: Change[] = [];
/** Attributes that nobody sees, unless a style sheet makes something of them: that shows in the look. */
const QUIET = /^(aria-(?!busy)|data-|on|(id|name|title|role|for|tabindex)$)/;
/** Class names that only say where the pointer or the focus is. */
const TOUCH_CLASS = /\S*(ripple|(?<![^\s_-])(focus|hover|wave))\S*/gi;

/** Take a batch of records. `owner`: whose doing it was, if known; `sure`: known by more than its moment. */
export function note(records: MutationRecord[], now: number, owner: Activation | null, sure: boolean, latest: Activation | null): void {
  const attributes = new Map<Node, Map<string, string>>();
  const lists = new Map<Node, { added: Set<Node>; removed: Set<Node> }>();
  for (const record of records) {
    const { type, target, attributeName, oldValue } = record;
    if (type === "childList") {
      const { added, removed } = keptIn(lists, target, { added: new Set(), removed: new Set() });
      for (const gone of record.removedNodes) if (!added.delete(gone)) removed.add(gone);
      for (const come of record.addedNodes) added.add(come);
    } else if (!QUIET.test(attributeName!)) {
      keptIn(keptIn(attributes, target, new Map()), attributeName ?? "#text", oldValue ?? "");
    }
  }
  /** Another activation does this at once: what the one before did has stood until now. */
  const isAnothers = (change: Change) => owner && sure && now - owner.t < HANDLED_MS && !change.owners.has(owner);
  const alter = (node: Node, key: string, before: string, after: string, nodes: Node[] = []) => {
    if (before === after) return;
    const known = open.find((change) => change.node === node && change.key === key && (key[0] !== "+" || !owner || change.owners.has(owner)));
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
    for (const [key, old] of olds) alter(node, key, normal(key, old), normal(key, node.nodeValue ?? (node as Element).getAttribute(key) ?? ""));
  }
  for (const [parent, { added, removed }] of lists) {
    const [come, gone] = [[added, removed], [removed, added]].map(([these, those]) => [...these!].filter((node) => !those!.has(node) && counts(node)).slice(0, MOST_NODES)) as [Node[], Node[]];
    if ([...added].some((node) => removed.has(node))) alter(parent, "order", "", "" + now);
    if (come[0] && gone[0]) {
      alter(parent, "html", gone.map(html).join(""), come.map(html).join(""), come);
      continue;
    }
    for (const node of gone) {
      const its = open.find((change) => change.key[0] === "+" && change.nodes.has(node));
      if (!its) {
        if (!isRipple(parent, "+" + sort(node))) alter(parent, "-" + sort(node), html(node), "");
      } else if (isAnothers(its)) keep(its);
      else if (its.nodes.delete(node) && !its.nodes.size) revert(its);
    }
    for (const node of come) if (node.isConnected) alter(parent, "+" + sort(node), "", "" + now, [node]);
  }
}

/** The changes that have stood long enough to be believed. */
export function ripe(now: number): Change[] {
  for (const change of open) {
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
  return [...open, ...kept].some(answers);
}

function close(change: Change): void {
  open = open.filter((other) => other !== change);
}

function keep(change: Change): void {
  close(change);
  kept.push(change);
}

function revert(change: Change): void {
  close(change);
  seeRipple(change.node, change.key);
}

function isSeen({ node, key, nodes }: Change): boolean {
  // what hides or shows cannot be asked whether it is visible
  return /^(class|style|hidden|open|disabled)$/.test(key) || [...(key[0] === "+" ? nodes : [node])].some((one) => isVisible(one.nodeType === 1 ? (one as Element) : up(one)));
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
  // custom properties carry a ripple's position; what they do shows in the look
  return value.replace(key === "class" ? TOUCH_CLASS : key === "style" ? /--[^;]*;?/g : "", "").replace(/\s+/g, "");
}
