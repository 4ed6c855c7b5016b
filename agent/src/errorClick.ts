/** Errors and failed requests that an activation caused, by the cause that timers and requests carry. */
import type { Activation } from "./activation";
import type { Settled } from "./cause";
import type { Report } from "./report";
import { clock, soon } from "./safe";
import { firstParty, route } from "./scrub";
import { isIgnored } from "./selector";

const LEFT_MS = 100;

/** Begin; the results hear of what an activation threw, and of its requests that have ended. */
export function start(report: Report): { threw(cause: Activation, why: object): void; failed(cause: Activation, request: Settled): void } {
  const told = new WeakSet<Activation>();
  /** One activation, one error_click, however much went wrong. */
  const threw = (cause: Activation, why: object) => {
    cause.errors++;
    if (told.has(cause) || isIgnored(cause.target, "error")) return;
    told.add(cause);
    report.send({ kind: "error_click", ...why }, cause.stamp);
  };
  return {
    threw,
    failed(cause, request) {
      const { address, status } = request;
      if (!isFailure(request)) return;
      cause.errors++;
      const why = { route: route(address), status, duration_ms: Math.round(clock() - cause.t), first_party: firstParty(address) };
      // a page that is left ends its requests too: that one never gets to the timer
      soon(() => {
        report.send({ kind: "failed_action", ...why }, cause.stamp);
        threw(cause, why);
      }, LEFT_MS);
    },
  };
}

/** No answer, or the server's own failure; a refusal (4xx) is an answer. */
export function isFailure({ status, aborted }: Pick<Settled, "status" | "aborted">): boolean {
  return status > 499 || (!status && !aborted);
}
