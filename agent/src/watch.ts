/** Where changes are watched, and when: around activations, and as long as it costs next to nothing. */
import { latestOpen, listenTo, type Activation } from "./activation";
import { causeNow, causeOfLate } from "./cause";
import { note } from "./changes";
import { inputAt, listenIn } from "./evidence";
import { clock, guard, listen, parsed, soon, tap } from "./safe";

/** Between activations: this many records in a window of 2 s at most, then the observer rests till the next. */
const QUIET_RECORDS = 150;
const WINDOW_MS = 2000;
const MOST_ROOTS = 400;
/** What follows an activation so soon is taken for its doing. */
const AT_ONCE_MS = 150;

let roots: Node[] = [];
let observer: MutationObserver | null = null;
let until = 0;
let seen = 0;

export function startWatch(): void {
  enter(document);
  tap(Element.prototype, "attachShadow", (_, host: Element) => soon(() => enter(host.shadowRoot)));
  parsed(() => {
    for (const element of document.querySelectorAll("*")) {
      enter(element.shadowRoot);
      enterFrame(element);
    }
  });
  listen(document, "load", ({ target }) => enterFrame(target));
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
  if (records?.[0]) take(records, cause);
}

function take(records: MutationRecord[], cause = causeNow()): void {
  const now = clock();
  const last = latestOpen();
  const settled = cause ?? causeOfLate();
  const owner = settled ?? (last && now - last.t <= AT_ONCE_MS ? last : null);
  seen += records.length;
  // what the visitor types or scrolls changes the page too, and is no noise
  if (last || owner || now - inputAt > 1000) note(records, now, owner, !!settled, last ?? owner);
  if (now < until || seen < QUIET_RECORDS) return;
  observer?.disconnect();
  observer = null;
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

function observe(root: Node): void {
  observer?.observe(root, { childList: true, subtree: true, attributeOldValue: true, characterDataOldValue: true });
}

/** Watch there, too; whether that is new. */
function enter(root: Node | null): unknown {
  // without those of elements and frames that are gone
  roots = roots.filter((known) => (known as ShadowRoot).host?.isConnected ?? (known as Document).defaultView);
  if (!root || roots.length >= MOST_ROOTS || roots.includes(root)) return;
  observe(root);
  return roots.push(root);
}

function enterFrame(element: Element): void {
  const inside = (element as HTMLIFrameElement).contentDocument ?? null; // null for another origin
  if (!enter(inside)) return;
  listenTo(inside!);
  listenIn(inside!);
}
