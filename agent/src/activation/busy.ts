/** Signs by which a page shows that it is at work. */
import { isVisible } from "../page/dom";
import { clock } from "../page/safe";
import type { Change } from "./changes";
import type { Activation, Mark } from "./record";

const NAMES = /(\b|_)(is-)?(load(ing|er)|spin(ner)?|skeleton|busy)(\b|_)/i;
const WORDS = /^\W*(\p{L}+\s?){1,3}(\.{3}|\u2026)\s*$|\bloading\b|\d\s?%/iu;

/** What this change shows of work in progress; undefined when it shows something else. */
export function busyMark(change: Change, of: Activation): Mark | undefined {
  const { _node, _key, _nodes } = change;
  const isUnderWay = () => of._requests > 0 || clock() < of._awaitedUntil;
  // what is emptied is to be filled again
  if (_key[0] === "-") return { _isShown: () => isUnderWay() && !_node.textContent!.trim() };
  if (_key === "disabled") return { _sign: _node, _isShown: () => of._requests > 0 && (_node as HTMLButtonElement).disabled };
  const all = (_nodes.size ? [..._nodes] : [_node]).flatMap((root) => [root, ...((root as Element).querySelectorAll?.("*") ?? [])].slice(0, 50));
  const sign = all.find(isBusy);
  if (sign) return { _sign: sign, _isShown: () => isBusy(sign) };
  // words mean it as long as they stand and something is under way: "Read more..." may stay
  const words = all.find(saysBusy);
  return words && { _isShown: () => isUnderWay() && saysBusy(words) };
}

function saysBusy(node: Node): boolean {
  return node.isConnected && !(node as Element).children?.[0] && WORDS.test(node.textContent!);
}

function isBusy(node: Node): boolean {
  const element = node as Element;
  if (!node.isConnected || !element.matches) return false;
  return (
    (NAMES.test(element.getAttribute("class") + " " + element.id) || element.matches("progress,[role=progressbar],[aria-busy=true]")) &&
    isVisible(element)
  );
}
