/** Events to the collector: batched, confirmed, retried with the same ids, and carried over to the next page. */
import { leaving } from "./activation";
import type { Beacon, Event } from "./events.gen";
import { uuid } from "./ids";
import { clock, guard, later, listen, soon } from "./safe";
import { consent, read, sessionId, write } from "./session";
import { appName, attribute, beaconUrl, hook, said } from "./tag";

const FRICTION_MS = 250;
const REST_MS = 10_000;
/** sendBeacon's 64 KiB are for all that is under way: pieces of so many events stay below 32 KiB. */
const PIECE_EVENTS = 20;
const KEPT_CHARS = 64_000;
const LONGEST_PAUSE_S = 3600;
const KEY = "unsent";
const WHOLE = "whole";
/** Outside the sample so much waits for friction to come. */
const MOST_HELD = 60;

let queue: Event[] = [];
let queueSession = "";
let unsent: Beacon[] = [];
const flying = new WeakSet<Beacon>();
let timerAt = Infinity;
let retryTimer = 0;
let tries = 0;
/** Events that no beacon will carry, by reason; the next beacon tells. */
let dropped: Record<string, number> = {};

/** An event is given up. */
export function drop(reason: string, events = 1): void {
  dropped[reason] = (dropped[reason] ?? 0) + events;
}

/** Begin to send. */
export function startTransport(): void {
  // beacons of the page before that nobody confirmed: same ids, so that a double is dropped
  unsent = read(KEY) ?? [];
  soon(pump);
  listen(window, "online", retry);
  listen(window, "visibilitychange pagehide", ({ type }) => {
    if (/v/.test(type) && !document.hidden) return;
    leaving(/p/.test(type)); // so that open bursts get into the last beacon
    exit();
  });
}

/** Send `event` with the next beacon: within 250 ms when `urgent`, else within 10 s. */
export function enqueue(event: Event, urgent: boolean): void {
  if (consent() === "none") return;
  const session = sessionId();
  if (session !== queueSession) pack(); // a beacon belongs to one visit
  queueSession = session;
  queue.push(event);
  if (urgent && attribute("keep")) write(WHOLE, 1);
  if (!isTaken()) return void queue.splice(0, queue.length - MOST_HELD);
  const due = clock() + (urgent ? FRICTION_MS : REST_MS);
  if (due >= timerAt) return;
  timerAt = due; // an earlier one that still runs finds nothing to do
  soon(pump, due - clock());
}

/** Send everything that waits; done when the collector has confirmed all of it. */
export async function settle(): Promise<void> {
  for (pack(); unsent.length; pump()) await new Promise((done) => later(done, 50));
}

/** Consent was withdrawn: nothing that waits may leave. */
export function dropAll(): void {
  queue = [];
  unsent = [];
}

/** The part of the sessions that is sent, by the tag's `data-snag-sample`; those with friction may be kept whole. */
function rate(): number {
  return read(WHOLE) || hook() ? 1 : +(attribute("sample") || 1);
}

/** Whether this session is in the sample: its id decides, on every page alike. */
function isTaken(): boolean {
  return parseInt(queueSession.slice(0, 8), 16) < rate() * 2 ** 32;
}

/** Close the waiting events into batches. */
function pack(): void {
  timerAt = Infinity;
  while (queue.length && isTaken()) {
    unsent.push({
      beacon_id: uuid(),
      app: appName(),
      session_id: queueSession,
      events: queue.splice(0, PIECE_EVENTS),
      env: said("env"),
      release: said("release"),
      traffic_source: hook()?.traffic_source,
      run_id: hook()?.run_id,
      sample_rate: rate(),
      consent: consent() as Beacon["consent"],
      device: !matchMedia("(pointer:coarse)").matches ? "desktop" : innerWidth < 600 ? "phone" : "tablet",
      agent: VERSION,
      dropped,
    } as Beacon);
    dropped = {};
  }
}

/** Send what waits, unless there is a pause. */
function pump(): void {
  pack();
  if (!retryTimer) for (const batch of unsent) if (!flying.has(batch)) send(batch);
}

/** The page's patches of fetch are not for our own requests, nor are ours. */
const nativeFetch = window.fetch.bind(window);

function send(batch: Beacon, keepalive = false): void {
  const body = written(batch); // a string travels as text/plain, which needs no preflight
  const other = hook()?.send;
  flying.add(batch);
  const sending = async () => (other ? other(body) : nativeFetch(beaconUrl(), { method: "POST", body, credentials: "omit", keepalive }));
  sending().then(
    guard((answer: any) => {
      const status = answer?.status;
      if (status === 429 || status > 499) return failed(batch, +answer.headers.get("retry-after"));
      if (status > 399) drop("refused", batch.events.length);
      done(batch);
      tries = 0;
    }),
    guard(() => failed(batch)),
  );
}

/** Keep the batch, and wait 1 s x 2^n with jitter or as long as the collector asked. */
function failed(batch: Beacon, pauseSeconds = 0): void {
  flying.delete(batch);
  const seconds = Math.min(pauseSeconds, LONGEST_PAUSE_S) || Math.min(2 ** tries++, 60) * (0.75 + Math.random() / 2);
  retryTimer ||= soon(retry, seconds * 1000);
  remember();
}

function retry(): void {
  retryTimer = 0;
  pump();
}

function done(batch: Beacon): void {
  unsent = unsent.filter((other) => other !== batch);
  if (read(KEY)) remember();
}

/** The page may be gone at once: everything leaves now, and what cannot be confirmed stays to be sent again. */
function exit(): void {
  pack();
  for (const batch of unsent) {
    if (hook()?.send || !navigator.sendBeacon(beaconUrl(), written(batch))) flying.has(batch) || send(batch, true);
    else if (!remember()) done(batch);
  }
  remember();
}

/** Write what is unconfirmed for the next page, as far as consent allows. */
function remember(): boolean {
  const bodies = hook()?.send ? [] : [...unsent];
  while (JSON.stringify(bodies).length > KEPT_CHARS) bodies.shift();
  return write(KEY, bodies);
}

function written(batch: Beacon): string {
  batch.sent_ts = Date.now();
  return JSON.stringify(batch);
}
