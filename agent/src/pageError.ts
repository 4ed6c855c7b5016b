/** Errors that the page did not handle, counted once per fingerprint. */
import type { PageError } from "./events.gen";
import type { Report, Reported } from "./report";
import { listen, tap } from "./safe";
import { firstParty, route, scrub } from "./scrub";
import { beaconUrl } from "./tag";

export type Fault = Required<Pick<PageError, "error_source" | "error_type" | "error_message" | "error_place" | "first_party">>;

const MOST_FINGERPRINTS = 20;
const STACK_PLACE = /([a-z-]+:\/\/[^\s()]*?):(\d+)(:\d+)?\)?$/m;

/** Report errors; `onError` hears of each (also of repeats), for the click that caused it. */
export function start(report: Report, onError: (fault: Fault) => void): void {
  const seen = new Map<string, { times: number; event: Reported }>();
  const handled = new WeakSet<object>(); // logged first and thrown on: one error

  const put = (fault: Fault | null) => {
    if (!fault) return;
    onError(fault);
    const key = Object.values(fault).join("|");
    const known = seen.get(key);
    if (known) {
      known.times++;
      // of a storm in a loop, each doubling tells enough
      if (!(known.times & (known.times - 1)) && known.times < 65_536) known.event.revise({ repeat_count: known.times });
    } else if (seen.size < MOST_FINGERPRINTS) {
      seen.set(key, { times: 1, event: report.send({ kind: "page_error", ...fault }) });
    }
  };
  const fresh = (reason: any) => {
    const known = handled.has(reason);
    if (Object(reason) === reason) handled.add(reason);
    return !known;
  };

  const onFault = ({ type, target, error, reason, message, filename, lineno }: any) => {
    if (target?.localName) put(resource(target));
    else if (type === "error") fresh(error) && put(thrown("script", error ?? message, filename, lineno));
    else fresh(reason) && put(thrown("promise", reason));
  };
  listen(window, "error unhandledrejection", onFault);

  listen(document, "securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile }) => {
    if (blockedURI === beaconUrl() || isForeign(blockedURI) || isForeign(sourceFile ?? "")) return;
    put(fault("csp", effectiveDirective, "", /:/.test(blockedURI) ? route(blockedURI) : blockedURI, true)); // the policy is the site's
  });
  tap(console, "error", (_, args) => {
    const error = args.find((arg) => arg instanceof Error);
    if (error && fresh(error)) put(thrown("console", error));
  });
}

/** What was thrown, as fields; null for noise that is nobody's fault. */
export function thrown(source: Fault["error_source"], reason: any, file = "", line = 0): Fault | null {
  const message = String(reason?.message ?? reason);
  const opaque = !file && /^Script error/.test(message);
  const [, stackFile = "", stackLine] = STACK_PLACE.exec(reason?.stack) ?? [];
  const where = file || stackFile;
  if (reason?.name === "AbortError" || /ResizeObserver loop/.test(message) || isForeign(where)) return null;
  const place = where && `${route(where).slice(0, 190)}:${line || stackLine}`;
  return fault(source, opaque ? "opaque" : String(reason?.name ?? typeof reason), scrub(message), place, !opaque && firstParty(where));
}

function resource(element: any): Fault | null {
  const address = String(element.currentSrc || element.src || element.href || element.data);
  return /^http/.test(address) ? fault("resource", element.localName, "", route(address), firstParty(address)) : null;
}

function fault(error_source: Fault["error_source"], type: string, error_message: string, error_place: string, first_party: boolean): Fault {
  return { error_source, error_type: type.slice(0, 64), error_message, error_place, first_party };
}

/** A browser extension's own trouble. */
function isForeign(address: string): boolean {
  return /-extension:|^chrome:|^about:/.test(address);
}
