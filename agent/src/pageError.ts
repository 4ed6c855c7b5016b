/** Errors that the page did not handle, counted once per fingerprint. */
import { tell } from "./activation";
import { causeJustNow, causeNow } from "./cause";
import type { PageError } from "./events.gen";
import { kept } from "./kept";
import { send, type Growing } from "./report";
import { listen } from "./safe";
import { FOREIGN, firstParty, route, scrub } from "./scrub";

export type Fault = Required<Pick<PageError, "error_source" | "error_type" | "error_message" | "error_place" | "first_party">>;

const MOST_FINGERPRINTS = 20;
/** Address, line and column in a stack. */
const STACK_PLACE = /([a-z-]+:\/\/[^\s()]*?):(\d+(:\d+)?)\)?$/m;

const seen = new Map<string, Growing & { times: number }>();
const handled = new WeakSet<object>(); // logged first and thrown on: one error

export function start(): void {
  // what happened before the agent came, kept by the snippet
  const early = (window as any).__snagEarly ?? [];
  early.forEach(heard);
  early.push = () => 0;
  listen(window, "error unhandledrejection", heard);
}

function heard({ type, target, error, reason, message, filename, lineno, colno }: any): void {
  if (target?.localName) {
    const address = target.src || target.href || target.data;
    if (/^http/.test(address)) fault("resource", target.localName, "", route(address), firstParty(address));
  } else if (type === "error") thrown("script", error ?? message, filename, lineno + ":" + colno);
  else if (/^u/.test(type)) thrown("promise", reason);
}

/** Something was thrown, or logged as if it had been. */
export function thrown(source: Fault["error_source"], reason: any, file = "", line?: string): void {
  if (handled.has(reason)) return;
  if (reason instanceof Object) handled.add(reason);
  const { name = typeof reason, message = "" + reason, stack } = reason ?? {};
  const [, stackFile = "", stackLine] = STACK_PLACE.exec(stack) ?? [];
  const where = file || stackFile;
  if (name === "AbortError" || /ResizeObserver loop/.test(message) || FOREIGN.test(where)) return;
  const isOpaque = !where && /^Script error/.test(message);
  fault(source, isOpaque ? "opaque" : "" + name, scrub(message), where && `${route(where)}:${file ? line : stackLine}`, !isOpaque && firstParty(where));
}

export function fault(error_source: Fault["error_source"], type: string, error_message: string, error_place: string, first_party: boolean): void {
  const found: Fault = { error_source, error_type: type.slice(0, 64), error_message, error_place, first_party };
  // a repeated one, too, may be another click's
  const cause = error_source === "promise" ? causeJustNow() : causeNow();
  if (cause) tell((by) => by.threw?.(cause, found));
  const key = JSON.stringify(found);
  if (!seen.has(key) && seen.size >= MOST_FINGERPRINTS) return;
  const known = kept(seen, key, { times: 0 });
  const repeat_count = ++known.times;
  // of a storm in a loop, each doubling tells enough
  if (!(repeat_count & (repeat_count - 1)) && repeat_count < 65_536) send({ kind: "page_error", ...found, repeat_count }, undefined, known);
}
