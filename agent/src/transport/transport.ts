/** Events to the collector: batched, confirmed, retried with the same ids, and carried over to the next page. */
import type { Beacon, Event } from "../events.gen";
import { LONGEST_PAUSE_S, LONGEST_RETRY_S, MOST_HELD, MOST_UNSENT_CHARS, PIECE_EVENTS, REST_MS, URGENT_MS } from "../limits";
import { clock, guard, listen, soon, warn } from "../page/safe";
import { appName, attribute, beaconUrl, hook, wordFor } from "../page/tag";
import { uuid } from "./ids";
import { consent, read, sessionId, write } from "./session";

/** What is stored for the next page, and that this session is sent whole. */
const UNSENT = "unsent";
const WHOLE = "whole";

let queue: Event[] = [];
let queueSession = "";
let unsent: Beacon[] = [];
const flying = new WeakSet<Beacon>();
/** Given to the browser on the way out: sent, as far as anybody can know. */
const handedOver = new WeakSet<Beacon>();
let timerAt = Infinity;
let retryTimer = 0;
let tries = 0;
/** Events that no beacon will carry, by reason; the next beacon reports them. */
let dropped: Record<string, number> = {};

/** An event will not be sent. */
export function drop(reason: string, events = 1): void {
  dropped[reason] = (dropped[reason] ?? 0) + events;
}

/** Start to send; `settle` judges what is open, so that it gets into the last beacon. */
export function startTransport(settle: (isExit: boolean) => void): void {
  // beacons of the page before that nobody confirmed: same ids, so that a double is dropped
  unsent = read(UNSENT) ?? [];
  soon(pump);
  listen(window, "online", retry);
  listen(window, "visibilitychange pagehide", ({ type }) => {
    const isExit = type === "pagehide";
    if (!isExit && !document.hidden) return;
    settle(isExit);
    exit();
  });
}

/** Send `event` with the next beacon: within 250 ms when `isUrgent`, else within 10 s. */
export function enqueue(event: Event, isUrgent: boolean): void {
  if (consent() === "none") return;
  const session = sessionId();
  if (session !== queueSession) pack(); // a beacon belongs to one visit
  queueSession = session;
  queue.push(event);
  if (isUrgent && attribute("keep")) write(WHOLE, 1);
  if (!isTaken()) return void queue.splice(0, queue.length - MOST_HELD);
  const due = clock() + (isUrgent ? URGENT_MS : REST_MS);
  if (due >= timerAt) return;
  timerAt = due; // an earlier one that still runs finds nothing to do
  soon(pump, due - clock());
}

/** Send everything that waits; done when the collector has confirmed all of it. */
export async function flush(): Promise<void> {
  for (pack(); unsent.length; pump()) await new Promise<void>((done) => soon(done, 50));
}

/** Consent was withdrawn: nothing that waits may leave. */
export function dropAll(): void {
  queue = [];
  unsent = [];
}

/** The part of the sessions that is sent, by the tag's `data-snag-sample`; those with friction may be kept whole. */
function rate(): number {
  return read(WHOLE) || hook()?.send ? 1 : +(attribute("sample") || 1);
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
      env: wordFor("env"),
      release: wordFor("release"),
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

/** What waits while the collector is away has a bound: the oldest go first. */
function bound(): void {
  let room = MOST_UNSENT_CHARS;
  for (const batch of [...unsent].reverse()) {
    room -= JSON.stringify(batch).length;
    if (room > 0 || batch === unsent.at(-1)) continue;
    unsent = unsent.filter((other) => other !== batch);
    drop("overflow", batch.events.length);
  }
}

/** Send what waits, unless there is a pause. */
function pump(): void {
  pack();
  if (retryTimer) return bound();
  // after a failure one is tried alone: if it gets through, the others follow
  const ready = unsent.filter((batch) => !flying.has(batch));
  for (const batch of tries ? ready.slice(0, 1) : ready) post(batch);
}

/** The page's patches of fetch are not for our own requests, nor are ours. */
const nativeFetch = window.fetch.bind(window);

function post(batch: Beacon, keepalive = false): void {
  const body = serialise(batch); // a string travels as text/plain, which needs no preflight
  const other = hook()?.send;
  flying.add(batch);
  const sending = async () => (other ? other(body) : nativeFetch(beaconUrl(), { method: "POST", body, credentials: "omit", keepalive }));
  sending().then(
    guard((answer: any) => {
      const status = answer?.status;
      if (status === 429 || status > 499) return failed(batch, +answer.headers.get("retry-after"));
      if (status > 399) refused(batch, answer);
      done(batch);
      const hadFailed = tries > 0;
      tries = 0;
      if (hadFailed) pump();
    }),
    guard(() => failed(batch)),
  );
}

function refused(batch: Beacon, answer: Response): void {
  drop("refused", batch.events.length);
  answer.text().then(guard((why: string) => warn(`the collector refused a beacon: ${answer.status} ${why}`)), () => 0);
}

/** Keep the batch, and wait 1 s x 2^n with jitter or as long as the collector asked. */
function failed(batch: Beacon, pauseSeconds = 0): void {
  flying.delete(batch);
  const seconds = Math.min(pauseSeconds, LONGEST_PAUSE_S) || Math.min(2 ** tries, LONGEST_RETRY_S) * (0.75 + Math.random() / 2);
  tries++;
  retryTimer ||= soon(retry, seconds * 1000);
  remember();
}

function retry(): void {
  retryTimer = 0;
  pump();
}

function done(batch: Beacon): void {
  unsent = unsent.filter((other) => other !== batch);
  if (read(UNSENT)) remember();
}

/** The page may be gone at once: what cannot be confirmed is stored first, then everything leaves. */
function exit(): void {
  pack();
  const isStored = remember();
  for (const batch of unsent) {
    if (handedOver.has(batch)) continue;
    if (hook()?.send || !navigator.sendBeacon?.(beaconUrl(), serialise(batch))) flying.has(batch) || post(batch, true);
    else {
      handedOver.add(batch);
      if (!isStored) done(batch);
    }
  }
}

/** Write what is unconfirmed for the next page, as far as consent allows. */
function remember(): boolean {
  bound();
  return write(UNSENT, hook()?.send ? [] : unsent);
}

function serialise(batch: Beacon): string {
  batch.sent_ts = Date.now();
  return JSON.stringify(batch);
}
