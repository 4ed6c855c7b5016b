/** The net changes of the document: what was different afterwards and stayed so. */
import { HANDLED_MS, HOLD_MS, MOST_CHANGES, MOST_HTML, MOST_NODES, WEAK_MS } from "../limits";
import { UNSEEN, isVisible, up } from "../page/dom";
import { getOrCreate } from "../page/getOrCreate";
import { isStyled, usesProperties } from "../page/sheets";
import { isNoise, isRipple, isTicker, see, seeRipple } from "./noise";
import type { Activation } from "./record";

export interface Change {
  _node: Node;
  /** attribute name, "#text", "+TAG.class", "-TAG.class", "order" or "html" */
  _key: string;
  _before: string;
  _nodes: Set<Node>;
  /** when it was first seen, and again */
  _times: number[];
  /** whose doing it was, as far as known */
  _owners: Set<Activation>;
  /** known by more than the moment */
  _isSure: boolean;
  /** when it may be believed */
  _due: number;
  /** another activation took its place: it has stood until then, and may be gone */
  _isReplaced?: boolean;
}

/** A batch of records, and whose doing it was. */
interface Batch {
  _now: number;
  _owner: Activation | null;
  /** known by more than its moment */
  _isSure: boolean;
  _latest: Activation | null;
}

let open: Change[] = [];
let believed: Change[] = [];
/** Attributes that nobody sees, unless a style sheet makes something of them. */
const QUIET = /^(aria-(?!busy)|data-|on|(id|name|title|role|for|tabindex|part|state|status|value|variant)$)/;
/** Class names that only say where the pointer or the focus is. */
const TOUCH_CLASS = /\S*(ripple|(?<![^\s_-])(focus|hover|wave|active-?press|pressed))\S*/gi;
/** Where a ripple starts, and how large it is. */
const TOUCH_PROPERTY = /ripple|(^|-)(x|y|left|top|size|mouse|pointer|cursor)(-|$)/i;

/** Take a batch of records. `owner`: whose doing it was, if known; `isSure`: known by more than its moment. */
export function note(records: MutationRecord[], now: number, owner: Activation | null, isSure: boolean, latest: Activation | null): void {
  const batch: Batch = { _now: now, _owner: owner, _isSure: isSure, _latest: latest };
  const attributes = new Map<Node, Map<string, string | null>>();
  const lists = new Map<Node, { added: Set<Node>; removed: Set<Node> }>();
  for (const { type, target, attributeName, oldValue, addedNodes, removedNodes } of records) {
    if (type === "childList") {
      const { added, removed } = getOrCreate(lists, target, { added: new Set(), removed: new Set() });
      for (const node of removedNodes) if (!added.delete(node)) removed.add(node);
      for (const node of addedNodes) added.add(node);
    } else if (latest || !QUIET.test(attributeName!)) {
      const olds = getOrCreate(attributes, target, new Map());
      const key = attributeName ?? "#text";
      if (!olds.has(key)) olds.set(key, oldValue);
    }
  }
  for (const [node, olds] of attributes) for (const [key, old] of olds) noteValue(batch, node, key, old);
  for (const [parent, { added, removed }] of lists) noteList(batch, parent, added, removed);
}

function noteValue(batch: Batch, node: Node, key: string, old: string | null): void {
  const value = node.nodeValue ?? (node as Element).getAttribute(key);
  const [before, after] = [normal(key, old), normal(key, value)];
  if (QUIET.test(key)) {
    if (old !== value && (isStyled(node as Element, key, old, value) || isShownValue(node as Element, key))) alter(batch, node, key, before, after);
  } else if (before !== after) alter(batch, node, key, before, after);
  else if (key === "style" && old !== value && usesProperties(node as Element, properties(old, value))) alter(batch, node, "--", old ?? "", value ?? "");
}

/** Values that the element itself draws. */
function isShownValue(element: Element, key: string): boolean {
  return key === "value" && /^(progress|meter|li|button|input)$/.test(element.localName);
}

function noteList(batch: Batch, parent: Node, added: Set<Node>, removed: Set<Node>): void {
  const [come, gone] = [[added, removed], [removed, added]].map(([these, those]) => [...these!].filter((node) => !those!.has(node) && counts(node)).slice(0, MOST_NODES)) as [Node[], Node[]];
  if ([...added].some((node) => removed.has(node))) alter(batch, parent, "order", "", "" + batch._now);
  if (come[0] && gone[0]) {
    // what takes the place of an answer is an answer as well
    const answered = open.filter(({ _key, _nodes }) => _key[0] === "+" && gone.some((node) => _nodes.has(node)));
    for (const change of answered) {
      if (isOthers(batch, change)) replace(change);
      else {
        for (const node of come) change._nodes.add(node);
        repeat(batch, change);
      }
    }
    if (!answered[0]) alter(batch, parent, "html", gone.map(html).join(""), come.map(html).join(""), come);
    else if (answered.every(({ _isReplaced }) => _isReplaced)) for (const node of come) put(batch, parent, node);
    return;
  }
  for (const node of gone) take(batch, parent, node);
  for (const node of come) put(batch, parent, node);
}

function put(batch: Batch, parent: Node, node: Node): void {
  if (node.isConnected) alter(batch, parent, "+" + sort(node), "", "" + batch._now, [node]);
}

function take(batch: Batch, parent: Node, node: Node): void {
  const change = open.find(({ _key, _nodes }) => _key[0] === "+" && _nodes.has(node));
  if (!change) {
    if (!isRipple(parent, "+" + sort(node))) alter(batch, parent, "-" + sort(node), html(node), "");
  } else if (isOthers(batch, change)) replace(change);
  else if (change._nodes.delete(node) && !change._nodes.size) revert(change);
}

/** Something is different from before. */
function alter(batch: Batch, node: Node, key: string, before: string, after: string, nodes: Node[] = []): void {
  if (before === after) return;
  const { _now, _owner, _isSure, _latest } = batch;
  const known = open.find((change) => change._node === node && change._key === key && (key[0] !== "+" || !_owner || change._owners.has(_owner)));
  if (known && !isOthers(batch, known)) {
    if (after === known._before) return revert(known);
    for (const one of nodes) known._nodes.add(one);
    return repeat(batch, known);
  }
  if (!_latest) return see(node, key, _now);
  if (known) replace(known);
  if (isRipple(node, key) || isNoise(node, key, _now, _isSure) || open.length >= MOST_CHANGES) return;
  const due = Math.max(_now + HOLD_MS, _isSure ? 0 : _latest._time + WEAK_MS);
  open.push({ _node: node, _key: key, _before: before, _nodes: new Set(nodes), _times: [_now], _owners: new Set(_owner ? [_owner] : []), _isSure, _due: due });
}

function repeat({ _now, _owner, _latest }: Batch, change: Change): void {
  change._times.push(_now);
  if (_owner) change._owners.add(_owner);
  if (!change._isSure && _latest) change._due = Math.max(change._due, _latest._time + WEAK_MS);
}

/** Another activation does this at once: what the one before did has stood until now. */
function isOthers({ _owner, _isSure, _now }: Batch, change: Change): unknown {
  return _owner && _isSure && _now - _owner._time < HANDLED_MS && !change._owners.has(_owner);
}

/** The changes that have stood long enough to be believed. `lastAt`: when the visitor last did something. */
export function ripe(now: number, lastAt: number): Change[] {
  for (const change of open) {
    // with the view that it was in: what the visitor did next took it away
    if (change._times[0]! < lastAt && isGone(change)) replace(change);
    if (now < change._due || change._isReplaced) continue;
    keep(change);
    if (change._isSure || !isTicker(change._times, now)) continue;
    believed.pop();
    for (const time of change._times) see(change._node, change._key, time);
  }
  const done = believed;
  believed = [];
  return done.filter(isSeen);
}

/** Whether there are changes that have not stood long enough. */
export function hasOpenChanges(): boolean {
  return !!open[0];
}

/** Whether a change that `answers` has not stood long enough. */
export function isUndecided(answers: (change: Change) => boolean): boolean {
  return [...open, ...believed].some(answers);
}

function close(change: Change): void {
  open = open.filter((other) => other !== change);
}

function keep(change: Change): void {
  close(change);
  believed.push(change);
}

function replace(change: Change): void {
  change._isReplaced = true;
  keep(change);
}

function revert(change: Change): void {
  close(change);
  seeRipple(change._node, change._key);
}

function isGone({ _key, _node, _nodes }: Change): boolean {
  return !(_key[0] === "+" ? [..._nodes] : [_node]).some((node) => node.isConnected);
}

function isSeen(change: Change): boolean {
  const { _node, _key, _nodes, _isReplaced } = change;
  if (_isReplaced && isGone(change)) return true;
  // what hides or shows cannot be asked whether it is visible
  return /^(class|style|hidden|open|disabled|inert)$/.test(_key) || [...(_key[0] === "+" ? _nodes : [_node])].some((node) => isVisible(node.nodeType === 1 ? (node as Element) : up(node)));
}

function counts(node: Node): boolean {
  return node.nodeType === 3 ? !!node.nodeValue!.trim() : node.nodeType === 1 && !UNSEEN.test(node.nodeName) && !/ripple/i.test((node as Element).getAttribute("class") + node.nodeName);
}

function html(node: Node): string {
  return ((node as Element).outerHTML ?? node.nodeValue).trim().slice(0, MOST_HTML);
}

function sort(node: Node): string {
  return node.nodeName + ((node as Element).getAttribute?.("class") ?? "");
}

function normal(key: string, value: string | null): string {
  // an empty attribute is there: hidden, open, selected
  const given = value === null || /^(class|style)$/.test(key) ? (value ?? "") : "=" + value;
  return given.replace(key === "class" ? TOUCH_CLASS : key === "style" ? /--[^;]*;?/g : "", "").replace(/\s+/g, "");
}

/** Names of the custom properties that differ, but for those that follow the pointer. */
function properties(before: string | null, after: string | null): string[] {
  const read = (style: string | null) => new Map([...(style ?? "").matchAll(/(--[\w-]+)\s*:([^;]*)/g)].map(([, name, value]) => [name!, value]));
  const [olds, news] = [read(before), read(after)];
  return [...new Set([...olds.keys(), ...news.keys()])].filter((name) => olds.get(name) !== news.get(name) && !TOUCH_PROPERTY.test(name));
}
