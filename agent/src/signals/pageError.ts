/** Errors that the page did not handle, counted once per fingerprint. */
import { tell } from "../activation/bus";
import { causeJustNow, causeNow } from "../activation/cause";
import type { Activation } from "../activation/record";
import type { PageError } from "../events.gen";
import { EARLY_ERROR_MS, MOST_FINGERPRINTS } from "../limits";
import { cut } from "../page/cut";
import { getOrCreate } from "../page/getOrCreate";
import { listen, tap } from "../page/safe";
import { FOREIGN, INJECTED, codePlace, firstParty, scrub } from "../page/scrub";
import { tag } from "../page/tag";
import { send, type Growing } from "../transport/stamp";

type Fault = Required<Pick<PageError, "error_source" | "error_type" | "error_message" | "error_place" | "first_party">>;

/** Address, line and column in a line of a stack. */
const STACK_PLACE = /([a-z-]+:\/\/[^\s()]*?):(\d+(:\d+)?)\)?$/;
const LONGEST_TYPE = 64;

const seen = new Map<string, Growing & { _times: number }>();
const handled = new WeakSet<object>(); // logged first and thrown on: one error
/** Why requests were given up; who throws that on has not failed. */
const aborts = new Set<unknown>();
/** The click of before the agent that ran into what is reported now. */
let earlyCause: Activation | null = null;

export function startPageErrors(): void {
  tap(window.AbortController?.prototype, "abort", ([reason]) => {
    if (reason === undefined) return;
    if (aborts.size > 99) aborts.clear();
    aborts.add(reason);
  });
  // what happened before the agent came, kept by the snippet
  const early = (window as any).__snagEarly ?? [];
  let click: any;
  for (const event of early) {
    if (event.snagActivation) click = event;
    earlyCause = click && event.timeStamp - click.timeStamp < EARLY_ERROR_MS ? click.snagActivation : null;
    if (event.type) heard(event);
    else logged(event);
  }
  earlyCause = null;
  early.push = () => 0;
  listen(window, "error unhandledrejection", heard);
  tap(console, "error", logged);
}

function heard({ type, target, error, reason, message, filename, lineno, colno }: any): void {
  if (target?.localName) {
    const address = target.src || target.href || target.data;
    if (type === "error" && /^http/.test(address)) fault("resource", target.localName, "", codePlace(address), firstParty(address));
  } else if (type === "error") thrown("script", error ?? message, filename, lineno + ":" + colno);
  else if (type === "unhandledrejection") thrown("promise", reason);
}

/** Frameworks report a failed mount, or a handler's exception, only there. */
function logged(args: ArrayLike<unknown>): void {
  const error = [...(args as unknown[])].find((arg) => arg instanceof Error);
  if (error) thrown("console", error);
}

/** The site has handled an error, and says so. */
export function captured(error: unknown): void {
  thrown("console", error);
}

/** Something was thrown, or logged as if it had been. */
function thrown(source: Fault["error_source"], reason: any, file = "", line?: string): void {
  if (handled.has(reason) || aborts.has(reason)) return;
  if (reason instanceof Object) handled.add(reason);
  const { name = typeof reason, message = "" + reason, stack } = reason ?? {};
  // where it was made is at fault, not who passed it on
  const [where = file, at = line] = placeIn(stack, message);
  if (name === "AbortError" || /ResizeObserver loop/.test(message) || FOREIGN.test(where)) return;
  const isOpaque = !where && /^Script error/.test(message);
  const isOurs = !isOpaque && !INJECTED.test(message + stack) && firstParty(where);
  fault(source, isOpaque ? "opaque" : "" + name, scrub(message), where && `${codePlace(where)}:${at}`, isOurs);
}

/** The first line of a stack that is neither the message nor ours. */
function placeIn(stack: unknown, message: string): [address?: string, line?: string] {
  const own = tag()?.src;
  const text = String(stack ?? "").replace(message, "");
  for (const row of text.split("\n")) {
    const [, address, line] = STACK_PLACE.exec(row.trim()) ?? [];
    if (address && address !== own) return [address, line];
  }
  return [];
}

export function fault(error_source: Fault["error_source"], type: string, error_message: string, error_place: string, first_party: boolean): void {
  const details: Fault = { error_source, error_type: cut(type, LONGEST_TYPE), error_message, error_place, first_party };
  // a repeated one, too, may be another click's
  const cause = earlyCause ?? (error_source === "promise" ? causeJustNow() : causeNow());
  if (cause) tell((by) => by._threw?.(cause, details));
  const key = JSON.stringify(details);
  if (!seen.has(key) && seen.size >= MOST_FINGERPRINTS) return;
  const known = getOrCreate(seen, key, { _times: 0 });
  const repeat_count = ++known._times;
  // of a storm in a loop, each doubling says enough
  if (!(repeat_count & (repeat_count - 1)) && repeat_count < 65_536) send({ kind: "page_error", ...details, repeat_count }, undefined, known);
}
