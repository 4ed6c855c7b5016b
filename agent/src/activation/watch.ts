/** Where changes are watched, and when: around activations, and as long as it costs next to nothing. */
import { AT_ONCE_MS, MOST_ROOTS, OWN_MS, QUIET_RECORDS, WATCH_MS, WINDOW_MS } from "../limits";
import { clock, guard, listen, parsed, soon, wrap } from "../page/safe";
import { judge, tell } from "./bus";
import { causeNow, causeOfLate } from "./cause";
import { note } from "./changes";
import { latestOpen } from "./open";
import { lastInputAt } from "./evidence";
import type { Activation } from "./record";

let roots: Node[] = [];
let observer: MutationObserver | null = null;
let until = 0;
let count = 0;

export function startWatch(): void {
  enter(document);
  // also of a closed root, which nobody can ask for later
  wrap(Element.prototype, "attachShadow", (call) => {
    const root = call();
    soon(() => enter(root));
    return root;
  });
  parsed(() => {
    for (const element of document.querySelectorAll("*")) {
      enter(element.shadowRoot);
      enterFrame(element);
    }
  });
  listen(document, "load", ({ target }) => enterFrame(target));
  judge({
    _switching(from, ms) {
      flush(from);
      watch(ms);
    },
  });
  turn();
}

/** Watch for so long at least, whatever it costs. */
export function watch(ms = WATCH_MS): void {
  until = Math.max(until, clock() + ms);
  connect();
}

/** Take what has changed up to now, before the cause changes. */
function flush(cause: Activation | null): void {
  const records = observer?.takeRecords();
  if (records?.[0]) take(records, cause);
}

function take(records: MutationRecord[], cause = causeNow()): void {
  const now = clock();
  const last = latestOpen();
  const settled = cause ?? causeOfLate();
  const owner = settled ?? (last && now - last._time <= AT_ONCE_MS ? last : null);
  count += records.length;
  // what the visitor types or scrolls changes the page too, and is no noise
  if (last || owner || now - lastInputAt() > OWN_MS) note(records, now, owner, !!settled, last ?? owner);
  if (now < until || count < QUIET_RECORDS) return;
  observer?.disconnect();
  observer = null;
}

/** Each window starts afresh; outside the time of an activation the busy page is left alone. */
function turn(): void {
  count = 0;
  sweep();
  if (!document.hidden) connect();
  soon(turn, WINDOW_MS);
}

/** Let go of the roots of elements and frames that are gone. */
function sweep(): void {
  roots = roots.filter((root) => (root as ShadowRoot).host?.isConnected ?? (root as Document).defaultView);
}

function connect(): void {
  if (observer) return;
  observer = new MutationObserver(guard((records) => take(records)));
  roots.forEach(observe);
}

function observe(root: Node): void {
  observer?.observe(root, { childList: true, subtree: true, attributeOldValue: true, characterDataOldValue: true });
}

/** Watch there, too; whether that is new. */
function enter(root: Node | null): unknown {
  if (!root || roots.includes(root)) return;
  if (roots.length >= MOST_ROOTS) sweep();
  if (roots.length >= MOST_ROOTS) return;
  observe(root);
  tell((by) => by._entered?.(root as Document | ShadowRoot));
  return roots.push(root);
}

function enterFrame(element: Element): void {
  enter((element as HTMLIFrameElement).contentDocument ?? null); // null for another origin
}
