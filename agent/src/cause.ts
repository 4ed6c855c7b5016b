/** Which activation the code that runs now goes back to: carried through timers and requests. */
import { tell, type Activation } from "./activation";
import { clock, guard, listen, soon, tap, wrap } from "./safe";
import { flush, watch } from "./watch";

/** What a click set going so long ago is no longer its answer. */
const LONGEST_MS = 30_000;
/** A response's body is read, parsed and drawn after its head has come. */
const DRAW_MS = 500;
/** A page that is left ends its requests too: those never get to a timer. */
export const LEFT_MS = 100;
/** What an action puts off for longer is no part of its answer. */
const LONGEST_DELAY_MS = 10_000;
/** What an activation set going may show its result a little after it has run. */
const AFTER_MS = 1000;

/** A request that an activation caused has ended; status 0: no answer. */
export interface Settled {
  address: string;
  status: number;
  aborted: boolean;
}

let current: Activation | null = null;
let latest: Activation | null = null;
let latestAt = -Infinity;
let settled: Activation | null = null;

export function causeNow(): Activation | null {
  return current;
}

/** A rejection is told in a task of its own, a moment after the code that caused it has ended. */
export function causeJustNow(): Activation | null {
  return current ?? (clock() - latestAt < 50 ? latest : null);
}

/** The activation whose answer came a moment ago: what is drawn now is most likely its result. */
export function causeOfLate(): Activation | null {
  return clock() - settled?.replied! < DRAW_MS ? settled : null;
}

/** From here to the end of this task, and of its microtasks, everything goes back to `cause`. */
export function enter(cause: Activation): void {
  if (current === cause || clock() - cause.t > LONGEST_MS) return;
  flush(current);
  watch(AFTER_MS);
  current = cause;
  over.port2.postMessage(0);
}

/** A message comes right after the task and its microtasks, before any timer. */
const over = new MessageChannel();
over.port1.onmessage = guard(() => {
  if (!current) return;
  flush(current);
  latestAt = clock();
  latest = current;
  current = null;
});

/** Carry causes. */
export function startCauses(): void {
  tap(window, "setTimeout setInterval", carryTimer);
  wrap(window, "fetch", (call, [input, init]) => {
    const answer = call();
    // an analytics call asks for no answer
    const end = current && !(init ?? input)?.keepalive && init?.mode !== "no-cors" && begun(current, () => input?.url ?? input);
    if (!end) return answer;
    // passed through, not forked: a rejection that nobody handles must still be seen as one
    return answer.then(
      (response: Response) => (end(response.status), response),
      (fault: any) => {
        end(0, fault?.name === "AbortError");
        throw fault;
      },
    );
  });
  tap(window.XMLHttpRequest?.prototype, "open", ([, address], xhr: XMLHttpRequest) => {
    const end = current && begun(current, () => address);
    if (!end) return;
    // added before the page's own listeners, so that they run with the cause
    listen(xhr, "readystatechange", () => xhr.readyState > 3 && xhr.status && end(xhr.status));
    listen(xhr, "error timeout abort", ({ type }) => end(0, type === "abort"));
  });
}

/** A request of `cause` has begun; tell its end. */
function begun(cause: Activation, address: () => unknown): (status: number, aborted?: boolean) => void {
  let open = ++cause.requests;
  return guard((status, aborted = false) => {
    if (!open) return;
    open = 0;
    // a page that is left ends its requests too: that one never gets to the timer
    soon(() => cause.requests--, status ? 0 : LEFT_MS);
    cause.awaited = Math.max(cause.awaited, clock());
    (settled = cause).replied = clock();
    enter(cause);
    const request = { address: "" + address(), status, aborted };
    tell((by) => by.answered?.(cause, request));
  });
}

function carryTimer(args: any[]): void {
  const cause = current;
  const [act, ms] = args;
  if (!cause || typeof act !== "function") return;
  if (ms < LONGEST_DELAY_MS) cause.awaited = Math.max(cause.awaited, clock() + ms);
  args[0] = function (this: unknown, ...given: unknown[]) {
    guard(enter)(cause);
    return act.apply(this, given);
  };
}
