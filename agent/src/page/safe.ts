/** The edges towards the host page: nothing that goes wrong in the agent may reach it. */

/** Taken before the page or a test clock replaces them, and so that our own timers carry no cause. */
const later = window.setTimeout.bind(window);

/** Milliseconds of the page's own steady clock: Date may be moved. */
export const clock = (): number => performance.now();

/** Wrap `act` so that a fault in it is a debug line and nothing else. */
export function guard<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R | undefined {
  return (...args) => {
    try {
      return act(...args);
    } catch (fault) {
      print("debug", fault);
    }
  };
}

function print(level: "debug" | "warn", what: unknown): void {
  try {
    console[level]("snag:", what);
  } catch {} // a page may have broken its console as well
}

const warned = new Set<string>();

/** Say once in the console what the site's developer should know. */
export function warn(text: string): void {
  if (warned.has(text)) return;
  warned.add(text);
  print("warn", text);
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

/** What stands behind each function that was put in place of another. */
export const originals = new WeakMap<any, any>();

/** Put `act` in the place of functions; to the page they look as before: name, length, text and what they are instances of. */
export function wrap(owner: any, names: string, act: (call: () => any, args: any[], self: any) => unknown): void {
  for (const name of names.split(" ")) {
    const original = owner?.[name];
    if (typeof original !== "function") continue;
    owner[name] = new Proxy(original, { apply: (_, self, args) => act(() => Reflect.apply(original, self, args), args, self) });
    originals.set(owner[name], originals.get(original) ?? original);
  }
}

/** Call `before` each time one of `names` is called; the call itself, its result and its errors stay as they were. */
export function tap(owner: any, names: string, before: (args: any[], self: any) => unknown): void {
  const safe = guard(before);
  wrap(owner, names, (call, args, self) => (safe(args, self), call()));
}

/** Call `act` with each new object of a class of the browser's, before anybody else can listen to it. */
export function born(name: string, act: (object: any) => void): void {
  const original = (window as any)[name];
  if (!original) return;
  const safe = guard(act);
  const stand: any = new Proxy(original, {
    construct(_, args, made): object {
      const object: object = Reflect.construct(original, args, made === stand ? original : made);
      safe(object);
      return object;
    },
  });
  original.prototype.constructor = stand;
  (window as any)[name] = stand;
  originals.set(stand, original);
}
