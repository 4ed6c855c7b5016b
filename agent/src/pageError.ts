/** Errors that the page did not handle, counted once per fingerprint. */
import type { PageError } from "./events.gen";
import type { Growing, Report } from "./report";
import { listen, tap } from "./safe";
import { firstParty, route, scrub } from "./scrub";
import { beaconUrl } from "./tag";

export type Fault = Required<Pick<PageError, "error_source" | "error_type" | "error_message" | "error_place" | "first_party">>;

const MOST_FINGERPRINTS = 20;
const STACK_PLACE = /([a-z-]+:\/\/[^\s()]*?):(\d+)(:\d+)?\)?$/m;
/** A browser extension's own trouble. */
const FOREIGN = /-extension:|^chrome:|^about:/;

/** Report errors; `onError` hears of each (also of repeats), for the click that caused it. */
export function start(report: Report, onError: (fault: Fault) => void): void {
  const seen = new Map<string, Growing & { times: number }>();
  const handled = new WeakSet<object>(); // logged first and thrown on: one error

  const put = (error_source: Fault["error_source"], type: string, error_message: string, error_place: string, first_party: boolean) => {
    const fault: Fault = { error_source, error_type: type.slice(0, 64), error_message, error_place, first_party };
    onError(fault);
    const key = JSON.stringify(fault);
    if (!seen.has(key) && seen.size >= MOST_FINGERPRINTS) return;
    const known = seen.get(key) ?? { times: 0 };
    seen.set(key, known);
    const repeat_count = ++known.times;
    // of a storm in a loop, each doubling tells enough
    if (!(repeat_count & (repeat_count - 1)) && repeat_count < 65_536) report.send({ kind: "page_error", ...fault, repeat_count }, known.event, known);
  };
  const thrown = (source: Fault["error_source"], reason: any, file = "", line?: number) => {
    if (Object(reason) === reason) {
      if (handled.has(reason)) return;
      handled.add(reason);
    }
    const { name = typeof reason, message = "" + reason, stack } = reason ?? {};
    const [, stackFile = "", stackLine] = STACK_PLACE.exec(stack) ?? [];
    const where = file || stackFile;
    if (name === "AbortError" || /ResizeObserver loop/.test(message) || FOREIGN.test(where)) return;
    const isOpaque = !where && /^Script error/.test(message);
    put(source, isOpaque ? "opaque" : "" + name, scrub(message), where && `${route(where)}:${line || stackLine}`, !isOpaque && firstParty(where));
  };
  const failed = ({ localName, currentSrc, src, href, data }: any) => {
    const address = currentSrc || src || href || data;
    if (/^http/.test(address)) put("resource", localName, "", route(address), firstParty(address));
  };

  const onFault = ({ type, target, error, reason, message, filename, lineno, effectiveDirective, blockedURI, sourceFile }: any) => {
    if (effectiveDirective) {
      if (blockedURI === beaconUrl() || FOREIGN.test(blockedURI) || FOREIGN.test(sourceFile)) return;
      put("csp", effectiveDirective, "", /:/.test(blockedURI) ? route(blockedURI) : blockedURI, true); // the policy is the site's
    } else if (target?.localName) failed(target);
    else if (type === "error") thrown("script", error ?? message, filename, lineno);
    else thrown("promise", reason);
  };
  // what happened before the agent came, kept by the snippet
  const early = (window as any).__snagEarly ?? [];
  early.splice(0).forEach(onFault);
  early.push = () => 0;
  listen(window, "error unhandledrejection securitypolicyviolation", onFault);
  tap(console, "error", (args) => {
    const error = args.find((arg) => arg instanceof Error);
    if (error) thrown("console", error);
  });
}
