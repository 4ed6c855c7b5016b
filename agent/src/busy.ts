/** Signs by which a page shows that it is at work. */
import type { Activation } from "./activation";
import type { Change } from "./changes";

const NAMES = /(\b|_)(is-)?(load(ing|er)|spin(ner)?|skeleton|busy)(\b|_)/i;
const WORDS = /(\.\.\.|\u2026)\s*$|\bloading\b/i;

/** How to see whether what this change shows is still work in progress; undefined when it shows something else. */
export function busyMark({ node, key, nodes }: Change): ((of: Activation) => boolean) | undefined {
  if (key[0] === "-") return (of) => of.requests > 0; // emptied, to be filled again
  if (key === "disabled") return (of) => of.requests > 0 && (node as Element).matches("[disabled]");
  for (const root of nodes.size ? nodes : [node]) {
    const found = [root, ...((root as Element).querySelectorAll?.("*") ?? [])].slice(0, 50).find(isBusy);
    if (found) return () => isBusy(found);
  }
  return undefined;
}

function isBusy(node: Node): boolean {
  if (!node.isConnected) return false;
  if (node.nodeType === 3) return WORDS.test(node.nodeValue!);
  const element = node as Element;
  const named = NAMES.test(element.className + " " + element.id) || element.matches("progress,[role=progressbar],[aria-busy=true]");
  // words count only where nothing else is said
  return (named || (!element.childElementCount && WORDS.test(element.textContent!))) && (element.checkVisibility?.() ?? true);
}
