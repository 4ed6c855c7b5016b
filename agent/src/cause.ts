/** Which activation the code that runs now goes back to: carried through timers and requests. */
import type { Activation } from "./activation";
import { clock, guard, listen, tap } from "./safe";

/** What a click set going so long ago is no longer its answer. */
const LONGEST_MS = 30_000;
/** A response's body is read, parsed and drawn after its head has come. */
const DRAW_MS = 500;

/** A request that an activation caused has ended; status 0: no answer. */
export interface Settled {
  address: string;
  status: number;
  aborted: boolean;
}

let current: Activation | null = null;
let latest: Activation | null = null;
let latestAt = -Infinity;
let lastSettled: { cause: Activation; at: number } | null = null;
let entered: (before: Activation | null) => void = () => undefined;
let settledHook: (cause: Activation, request: Settled) => void = () => undefined;

export function causeNow(): Activation | null {
  return current;
}

/** A rejection is told in a task of its own, a moment after the code that caused it has ended. */
export function causeJustNow(): Activation | null {
  return current ?? (clock() - latestAt < 50 ? latest : null);
}

/** The activation whose answer came a moment ago: what is drawn now is most likely its result. */
export function causeOfLate(now: number): Activation | null {
  return lastSettled && now - lastSettled.at <= DRAW_MS ? lastSettled.cause : null;
}

/** From here to the end of this task, and of its microtasks, everything goes back to `cause`. */
export function enter(cause: Activation): void {
  if (clock() - cause.t > LONGEST_MS) return;
  entered(current);
  current = cause;
  over.port2.postMessage(0);
}

/** A message comes right after the task and its microtasks, before any timer. */
const over = new MessageChannel();
over.port1.onmessage = guard(() => {
  if (!current) return;
  entered(current);
  latestAt = clock();
  latest = current;
  current = null;
});

/** Carry causes. `onEnter` hears of each change of cause with the one before, `onSettled` of each ended request. */
export function startCauses(onEnter: typeof entered, onSettled: typeof settledHook): void {
  entered = onEnter;
  settledHook = onSettled;
  for (const name of ["setTimeout", "setInterval"] as const) carryTimer(name);
  carryFetch();
  tap(window.XMLHttpRequest?.prototype, "open", (xhr: XMLHttpRequest, [, address]) => {
    const cause = current;
    if (!cause) return;
    const request: Settled = { address: "" + address, status: 0, aborted: false };
    cause.requests++;
    // added before the page's own listeners, so that they run with the cause
    listen(xhr, "readystatechange abort", ({ type }) => {
      request.status = xhr.status;
      if (type === "abort") request.aborted = true;
      else if (xhr.readyState === 4) settle(cause, request);
    });
  });
}

function settle(cause: Activation, request: Settled): void {
  cause.requests--;
  lastSettled = { cause, at: clock() };
  enter(cause);
  settledHook(cause, request);
}

function carryTimer(name: "setTimeout" | "setInterval"): void {
  const original: any = window[name];
  (window as any)[name] = function (act: any, ...rest: unknown[]) {
    const cause = current;
    const carried = function (this: unknown, ...args: unknown[]) {
      guard(enter)(cause!);
      return act.apply(this, args);
    };
    return original.call(window, cause && typeof act === "function" ? carried : act, ...rest);
  };
}

function carryFetch(): void {
  const original: any = window.fetch;
  (window as any).fetch = function (input: any, init: any) {
    const answer = original.apply(window, arguments);
    const cause = current;
    // an analytics call asks for no answer
    if (!cause || (init ?? input)?.keepalive || init?.mode === "no-cors") return answer;
    const end = guard((status: number, aborted: boolean) => {
      settle(cause, { address: "" + (input?.url ?? input), status, aborted });
    });
    cause.requests++;
    // passed through, not forked: a rejection that nobody handles must still be seen as one
    return answer.then(
      (response: Response) => (end(response.status, false), response),
      (fault: any) => {
        end(0, fault?.name === "AbortError");
        throw fault;
      },
    );
  };
}
