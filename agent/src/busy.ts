/** Signs by which a page shows that it is at work. */
import type { Activation } from "./activation";
import type { Change } from "./changes";
import { isShown } from "./dom";
import { clock } from "./safe";

const NAMES = /(\b|_)(is-)?(load(ing|er)|spin(ner)?|skeleton|busy)(\b|_)/i;
const WORDS = /^\W*(\p{L}+\s?){1,3}(\.{3}|\u2026)\s*$|\bloading\b/iu;

/** How to see whether what this change shows is still work in progress; undefined when it shows something else. */
export function busyMark({ node, key, nodes }: Change): ((of: Activation) => boolean) | undefined {
  // words, and what is emptied to be filled again, mean it as long as something is under way: "Read more..." may stay
  const isUnderWay = (of: Activation) => of.requests > 0 || clock() < of.awaited;
  if (key[0] === "-") return isUnderWay;
  if (key === "disabled") return (of) => of.requests > 0 && (node as HTMLButtonElement).disabled;
  const all = (nodes.size ? [...nodes] : [node]).flatMap((root) => [root, ...((root as Element).querySelectorAll?.("*") ?? [])].slice(0, 50));
  const sign = all.find(isBusy);
  if (sign) return () => isBusy(sign);
  return all.some((one) => one.isConnected && !(one as Element).children?.[0] && WORDS.test(one.textContent!)) ? isUnderWay : undefined;
}

function isBusy(node: Node): boolean {
  const element = node as Element;
  if (!node.isConnected || !element.matches) return false;
  return (
    (NAMES.test(element.className + " " + element.id) || element.matches("progress,[role=progressbar],[aria-busy=true]")) &&
    isShown(element)
  );
}
