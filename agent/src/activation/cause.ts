/** Which activation the code that runs now goes back to: carried through timers, frames, requests, messages and databases. */
import {
  AFTER_MS, CAUSE_MS, DRAW_MS, FEED_MS, FRAMES_MS, LEFT_MS, LONGEST_DELAY_MS, MESSAGE_MS, REJECTED_MS, UNREAD_DRAW_MS,
} from "../limits";
import { born, clock, guard, listen, soon, tap, wrap } from "../page/safe";
import { tell } from "./bus";
import type { Activation } from "./record";

let current: Activation | null = null;
let latest: Activation | null = null;
let latestAt = -Infinity;
/** The one whose request was answered last. */
let replied: Activation | null = null;

export function causeNow(): Activation | null {
  return current;
}

/** A rejection is reported in a task of its own, a moment after the code that caused it has ended. */
export function causeJustNow(): Activation | null {
  return current ?? (clock() - latestAt < REJECTED_MS ? latest : null);
}

/** The activation whose answer came a moment ago: what is drawn now is most likely its result. */
export function causeOfLate(): Activation | null {
  return replied && clock() < replied._drawsUntil ? replied : null;
}

/** From here to the end of this task, and of its microtasks, everything goes back to `cause`. */
export function enter(cause: Activation): void {
  if (current === cause || clock() - cause._time > CAUSE_MS) return;
  tell((by) => by._switching?.(current, AFTER_MS));
  current = cause;
  over.port2.postMessage(0);
}

/** A message comes right after the task and its microtasks, before any timer. */
const over = new MessageChannel();
over.port1.onmessage = guard(() => {
  if (!current) return;
  tell((by) => by._switching?.(current, 0));
  latestAt = clock();
  latest = current;
  current = null;
});

/** Carry causes. */
export function startCauses(): void {
  tap(window, "setTimeout setInterval", carryTimer);
  tap(window, "requestAnimationFrame requestIdleCallback", (args) => current && clock() - current._time < FRAMES_MS && carry(args, current));
  carryRequests();
  carryMessages();
  carryDatabases();
}

function carry(args: any[], cause: Activation): void {
  const [act] = args;
  args[0] = function (this: unknown, ...given: unknown[]) {
    guard(enter)(cause);
    return act.apply(this, given);
  };
}

function carryTimer(args: any[]): void {
  if (!current || typeof args[0] !== "function") return;
  if (args[1] < LONGEST_DELAY_MS) awaitUntil(current, clock() + args[1]);
  carry(args, current);
}

function awaitUntil(cause: Activation, until: number): void {
  cause._awaitedUntil = Math.max(cause._awaitedUntil, until);
}

// --- requests

type End = (status: number, isAborted?: boolean) => void;
const causes = new WeakMap<Response, Activation>();
/** Method and address, and what is to be done when a request that was opened is sent. */
const opened = new WeakMap<XMLHttpRequest, [method: string, address: unknown]>();
const xhrs = new WeakMap<XMLHttpRequest, (body: unknown) => void>();

function carryRequests(): void {
  wrap(window, "fetch", (call, [input, init]) => {
    const answer = call();
    const signal = init?.signal ?? input?.signal;
    const end = started(() => input?.url ?? input, init?.method ?? input?.method ?? "GET", init?.body, init ?? input);
    const cause = current;
    // passed through, not forked: a rejection that nobody handles must still be seen as one
    return answer.then(
      (response: Response) => {
        if (cause) causes.set(response, cause);
        end(response.status);
        return response;
      },
      (fault: any) => {
        end(0, fault?.name === "AbortError" || signal?.aborted);
        throw fault;
      },
    );
  });
  // a body that is read is meant to be shown
  wrap(window.Response?.prototype, "json text blob arrayBuffer formData", (call, _, response) => {
    const cause = causes.get(response);
    return cause ? call().then((body: unknown) => (guard(draws)(cause, DRAW_MS), body)) : call();
  });
  tap(window.XMLHttpRequest?.prototype, "open", ([method, address], xhr: XMLHttpRequest) => {
    let end: End = () => 0;
    let cause: Activation | null = null;
    opened.set(xhr, [method, address]);
    if (xhrs.has(xhr)) return; // opened again: its listeners are there
    xhrs.set(xhr, (body) => {
      cause = current;
      const [method = "GET", address] = opened.get(xhr)!;
      end = started(() => address, method, body);
    });
    // listeners are called in the order in which they came: before the page's own, so that those run with the cause
    listen(xhr, "readystatechange", () => {
      if (xhr.readyState < 4 || !xhr.status) return;
      end(xhr.status);
      if (cause) draws(cause, DRAW_MS);
    });
    listen(xhr, "error timeout abort", ({ type }) => end(0, type === "abort"));
  });
  tap(window.XMLHttpRequest?.prototype, "send", ([body], xhr: XMLHttpRequest) => xhrs.get(xhr)?.(body));
}

/** A request has started; report its end. */
function started(address: () => unknown, method: string, body: unknown, options?: RequestInit): End {
  // an analytics call asks for no answer
  const cause = options?.keepalive || options?.mode === "no-cors" ? null : current;
  const startedAt = clock();
  let isOpen = true;
  if (cause) cause._requests++;
  return guard((status, isAborted = false) => {
    if (!isOpen) return;
    isOpen = false;
    tell((by) => by._requested?.({ _isOk: status > 0 && status < 400, _startedAt: startedAt, _method: method.toUpperCase(), _body: body }));
    if (!cause) return;
    soon(() => cause._requests--, status ? 0 : LEFT_MS);
    // a job is asked for again and again, with a pause in between
    awaitUntil(cause, clock() + DRAW_MS);
    cause._repliedAt = clock();
    draws(cause, UNREAD_DRAW_MS);
    const reply = { _address: "" + address(), _status: status, _isAborted: isAborted };
    tell((by) => by._answered?.(cause, reply));
  });
}

/** What comes within `ms` is most likely drawn by `cause`. */
function draws(cause: Activation, ms: number): void {
  replied = cause;
  cause._drawsUntil = Math.max(cause._drawsUntil, clock() + ms);
  enter(cause);
}

// --- answers that come another way

const CHANNELS = ["WebSocket", "Worker", "BroadcastChannel"];

function carryMessages(): void {
  const asked = new WeakMap<EventTarget, Activation>();
  for (const name of CHANNELS) {
    tap((window as any)[name]?.prototype, "send postMessage", (_, channel: EventTarget) => {
      if (!current) return;
      asked.set(channel, current);
      awaitUntil(current, clock() + MESSAGE_MS);
    });
    born(name, (channel: EventTarget) => {
      let heardAt = -Infinity;
      listen(channel, "message", () => {
        const cause = asked.get(channel);
        const isFeed = clock() - heardAt < FEED_MS;
        heardAt = clock();
        asked.delete(channel);
        if (cause && !isFeed) draws(cause, DRAW_MS);
      });
    });
  }
}

const REQUESTS = "get getAll getKey getAllKeys count put add delete clear open openCursor openKeyCursor update deleteDatabase";

function carryDatabases(): void {
  const carried = (call: () => any) => {
    const request = call();
    const cause = current;
    if (cause && request) listen(request, "success error complete upgradeneeded", () => enter(cause));
    return request;
  };
  for (const name of ["IDBObjectStore", "IDBIndex", "IDBFactory", "IDBCursor"]) wrap((window as any)[name]?.prototype, REQUESTS, carried);
  wrap(window.IDBDatabase?.prototype, "transaction", carried);
}
