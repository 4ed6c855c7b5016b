/** The edges towards the host page: nothing that goes wrong in the agent may reach it. */

/** Kept before the page or a test clock replaces them, and so that our own timers carry no cause. */
export const later = window.setTimeout.bind(window);
export const cancel = window.clearTimeout.bind(window);

/** A page may have broken its console as well. */
export const debug = (...said: unknown[]): void => {
  try {
    console.debug(...said);
  } catch {
    // then nobody hears it
  }
};

/** Milliseconds of the page's own steady clock: Date may be moved. */
export const clock = (): number => performance.now();

/** Wrap `act` so that a fault in it is a debug line and nothing else. */
export function guard<A extends unknown[]>(act: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      act(...args);
    } catch (fault) {
      debug("snag:", fault);
    }
  };
}

/** Listen at the outermost edge, in the capture phase, so that no page can stop the event first. */
export function listen(on: EventTarget, types: string, act: (event: any) => void): void {
  const safe = guard(act);
  for (const type of types.split(" ")) on.addEventListener(type, safe, { capture: true, passive: true });
}

/** Run `act` once the document is parsed. */
export function parsed(act: () => void): void {
  if (document.readyState === "loading") listen(document, "DOMContentLoaded", act);
  else soon(act);
}

/** Run `act` shortly, guarded. */
export function soon(act: () => void, ms = 0): number {
  return later(guard(act), ms);
}

/** Call `before` each time one of `names` is called; the call itself, its result and its errors stay as they were. */
export function tap(owner: any, names: string, before: (self: any, args: any[]) => void): void {
  const safe = guard(before);
  for (const name of names.split(" ")) {
    const original = owner?.[name];
    if (!original) continue;
    owner[name] = function (...args: unknown[]) {
      safe(this, args);
      return original.apply(this, args);
    };
  }
}
