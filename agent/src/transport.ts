/** Events to the collector: batched, confirmed, retried with the same ids, and carried over to the next page. */
import type { Beacon, Event } from "./events.gen";
import { uuid } from "./ids";
import { cancel, clock, debug, guard, listen, soon } from "./safe";
import { consent, sessionId, storage } from "./session";
import { appName, beaconUrl, hook, said } from "./tag";

const FRICTION_MS = 250;
const REST_MS = 10_000;
/** The collector takes 200 events and 64 KiB; below it a refused beacon costs less. */
const MOST_EVENTS = 60;
/** sendBeacon's 64 KiB are for all that is under way, so pieces stay below 32 KiB, at 3 bytes a character. */
const PIECE_CHARS = 10_000;
const KEPT_CHARS = 64_000;
const KEPT_MS = 86_400_000;
const LONGEST_PAUSE_S = 3600;
const KEY = "snag.unsent";

interface Batch {
  /** when it was closed */
  at: number;
  body: Omit<Beacon, "sent_ts">;
  flying?: boolean;
}

let queue: Event[] = [];
let queueSession = "";
let unsent: Batch[] = [];
let timer = 0;
let timerAt = Infinity;
let retryTimer = 0;
let tries = 0;

/** Begin to send; `finalise` is called before an exit so that open bursts get into the last beacon. */
export function startTransport(finalise: () => void): void {
  // beacons of the page before that nobody confirmed: same ids, so that a double is dropped
  unsent = kept();
  soon(pump);
  listen(window, "online", retry);
  const leave = () => {
    finalise();
    exit();
  };
  listen(document, "visibilitychange", () => document.hidden && leave());
  listen(window, "pagehide freeze", leave);
}

/** Send `event` with the next beacon: within 250 ms when `urgent`, else within 10 s. */
export function enqueue(event: Event, urgent: boolean): void {
  if (consent() === "none") return;
  const session = sessionId();
  if (session !== queueSession) pack(); // a beacon belongs to one visit
  queueSession = session;
  queue.push(event);
  const due = clock() + (urgent ? FRICTION_MS : REST_MS);
  if (due >= timerAt) return;
  cancel(timer);
  timerAt = due;
  timer = soon(pump, due - clock());
}

/** Send everything that waits; done when the collector has confirmed all of it. */
export async function settle(): Promise<void> {
  for (pack(); unsent.length; pump()) await new Promise((done) => soon(done as () => void, 50));
}

/** Consent was withdrawn: nothing that waits may leave. */
export function dropAll(): void {
  queue = [];
  unsent = [];
}

/** Close the waiting events into batches. */
function pack(): void {
  cancel(timer);
  timerAt = Infinity;
  while (queue.length) {
    let chars = 0;
    const end = queue.findIndex((event, i) => i >= MOST_EVENTS || (chars += JSON.stringify(event).length) > PIECE_CHARS);
    unsent.push({
      at: Date.now(),
      body: {
        beacon_id: uuid(),
        app: appName(),
        session_id: queueSession,
        events: queue.splice(0, end < 0 ? MOST_EVENTS : end),
        env: said("env"),
        release: said("release"),
        traffic_source: hook()?.traffic_source,
        run_id: hook()?.run_id,
        consent: consent() as Beacon["consent"],
        device: device(),
        agent: VERSION,
      },
    });
  }
}

/** Send what waits, unless there is a pause. */
function pump(): void {
  pack();
  if (!retryTimer) for (const batch of unsent) if (!batch.flying) send(batch);
}

/** The page's patches of fetch are not for our own requests, nor are ours. */
const nativeFetch = window.fetch.bind(window);

function send(batch: Batch, keepalive = false): void {
  const body = written(batch); // a string travels as text/plain, which needs no preflight
  const other = hook()?.send;
  batch.flying = true;
  const sending = async () => (other ? other(body) : nativeFetch(beaconUrl(), { method: "POST", body, credentials: "omit", keepalive }));
  sending().then(
    guard((answer) => (other ? drop(batch) : answered(batch, answer as Response))),
    guard(() => failed(batch)),
  );
}

function answered(batch: Batch, { status, headers }: Response): void {
  if (status === 429 || status >= 500) return failed(batch, Number(headers.get("retry-after")));
  drop(batch);
  tries = 0;
  if (status >= 300) debug("snag: refused", status);
}

/** Keep the batch, and wait 1 s x 2^n with jitter or as long as the collector asked. */
function failed(batch: Batch, pauseSeconds = 0): void {
  batch.flying = false;
  const seconds = Math.min(pauseSeconds, LONGEST_PAUSE_S) || Math.min(2 ** tries++, 60) * (0.75 + Math.random() / 2);
  retryTimer ||= soon(retry, seconds * 1000);
  remember();
}

function retry(): void {
  cancel(retryTimer);
  retryTimer = 0;
  pump();
}

function drop(batch: Batch): void {
  unsent = unsent.filter((other) => other !== batch);
  if (storage()?.getItem(KEY)) remember();
}

/** The page may be gone at once: everything leaves now, and what cannot be confirmed stays to be sent again. */
function exit(): void {
  pack();
  for (const batch of unsent) {
    const taken = !hook()?.send && navigator.sendBeacon(beaconUrl(), written(batch));
    if (!taken && !batch.flying) send(batch, true);
    if (taken && !storage()) drop(batch);
  }
  remember();
}

/** Write what is unconfirmed for the next page, as far as consent allows. */
function remember(): void {
  const batches = hook()?.send ? [] : unsent.map(({ at, body }) => ({ at, body }));
  while (JSON.stringify(batches).length > KEPT_CHARS) batches.shift();
  storage()?.setItem(KEY, JSON.stringify(batches));
}

function kept(): Batch[] {
  const found: Batch[] = JSON.parse(storage()?.getItem(KEY) ?? "[]");
  return found.filter(({ at }) => Date.now() - at < KEPT_MS);
}

function written({ body }: Batch): string {
  return JSON.stringify({ ...body, sent_ts: Date.now() });
}

function device(): Beacon["device"] {
  return !matchMedia("(pointer: coarse)").matches ? "desktop" : Math.min(screen.width, innerWidth) < 600 ? "phone" : "tablet";
}
