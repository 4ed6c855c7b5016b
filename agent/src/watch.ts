/** Where changes are watched, and when: around activations, and as long as it costs next to nothing. */
import type { Activation } from "./activation";
import { causeNow, causeOfLate } from "./cause";
import { AT_ONCE_MS, note } from "./changes";
import { inputAt } from "./evidence";
import { clock, guard, listen, parsed, soon, tap } from "./safe";

/** Between activations: this many records in a window of 2 s at most, then the observer rests till the next. */
const QUIET_RECORDS = 150;
const WINDOW_MS = 2000;
const MOST_ROOTS = 400;

const OPTIONS = {
  childList: true,
  subtree: true,
  attributeOldValue: true,
  characterDataOldValue: true,
};

let roots: Node[] = [];
let observer: MutationObserver | null = null;
let until = 0;
let seen = 0;
let latest: () => Activation | null = () => null;

/** Begin; `openOne` tells the latest activation that still waits for an answer. */
export function startWatch(openOne: typeof latest, onFrame: (inside: Document) => void): void {
  latest = openOne;
  addRoot(document);
  tap(Element.prototype, "attachShadow", (_, host: Element) => soon(() => host.shadowRoot && addRoot(host.shadowRoot)));
  parsed(() => {
    for (const element of document.querySelectorAll("*")) {
      if (element.shadowRoot) addRoot(element.shadowRoot);
      enterFrame(element, onFrame);
    }
  });
  listen(document, "load", ({ target }) => {
    enterFrame(target, onFrame);
  });
  turn();
}

/** Watch for so long at least, whatever it costs. */
export function watch(ms: number): void {
  until = Math.max(until, clock() + ms);
  connect();
}

/** Take what has changed up to now, before the cause changes. */
export function flush(cause: Activation | null): void {
  const records = observer?.takeRecords();
  if (records?.length) take(records, cause);
}

function take(records: MutationRecord[], cause = causeNow()): void {
  const now = clock();
  seen += records.length;
  const last = latest();
  const settled = cause ?? causeOfLate(now);
  const owner = settled ?? (last && now - last.t <= AT_ONCE_MS ? last : null);
  // what the visitor types or scrolls changes the page too, and is no noise
  if (last || owner || now - inputAt > 1000) note(records, now, owner, !!settled, last ?? owner);
  if (now > until && seen > QUIET_RECORDS) disconnect();
}

/** Each window begins anew; outside the time of an activation the busy page is left alone. */
function turn(): void {
  seen = 0;
  if (!document.hidden) connect();
  soon(turn, WINDOW_MS);
}

function connect(): void {
  if (observer) return;
  observer = new MutationObserver(guard((records) => take(records)));
  roots.forEach(observe);
}

function disconnect(): void {
  observer?.disconnect();
  observer = null;
}

function observe(root: Node): void {
  observer?.observe(root, OPTIONS);
}

function addRoot(root: Node): void {
  // without those of elements and frames that are gone
  roots = roots.filter((known) => (known as ShadowRoot).host?.isConnected ?? (known as Document).defaultView);
  if (roots.length >= MOST_ROOTS || roots.includes(root)) return;
  roots.push(root);
  observe(root);
}

function enterFrame(element: Element, onFrame: (inside: Document) => void): void {
  const inside = (element as HTMLIFrameElement).contentDocument; // null for another origin
  if (!inside || roots.includes(inside)) return;
  addRoot(inside);
  onFrame(inside);
}
