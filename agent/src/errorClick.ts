/** Errors and failed requests that an activation caused, by the cause that timers and requests carry. */
import type { Activation } from "./activation";
import type { Settled } from "./cause";
import type { Fault } from "./pageError";
import type { Report } from "./report";
import { firstParty, route } from "./scrub";
import { clock, soon } from "./safe";
import { isIgnored } from "./selector";

const LEFT_MS = 100;

export function start(report: Report): { failed(cause: Activation, request: Settled): void; threw(cause: Activation, fault: Fault): void } {
  const told = new WeakSet<Activation>();
  /** One activation, one error_click, however much went wrong. */
  const click = (cause: Activation, why: object) => {
    cause.errors++;
    if (told.has(cause) || isIgnored(cause.target, "error")) return;
    told.add(cause);
    report.send({ kind: "error_click", ...cause.names, ...why }, cause.stamp);
  };
  return {
    threw: click,
    failed(cause, request) {
      if (!isFailure(request)) return;
      cause.errors++;
      const why = {
        route: route(request.address),
        status: request.status,
        duration_ms: Math.round(clock() - cause.t),
        first_party: firstParty(request.address),
      };
      // a page that is left ends its requests too: that one never gets to the timer
      soon(() => {
        if (request.aborted) return;
        report.send({ kind: "failed_action", ...cause.names, ...why }, cause.stamp);
        click(cause, why);
      }, LEFT_MS);
    },
  };
}

/** No answer, or the server's own failure; a refusal (4xx) is an answer. */
export function isFailure({ status, aborted }: Pick<Settled, "status" | "aborted">): boolean {
  return status >= 500 || (status === 0 && !aborted);
}
