/** Errors and failed requests that an activation caused, by the cause that timers and requests carry. */
import { judge, tell } from "./activation";
import { LEFT_MS, type Settled } from "./cause";
import { send } from "./report";
import { clock, soon } from "./safe";
import { firstParty, route } from "./scrub";
import { isIgnored } from "./selector";

export function start(): void {
  const told = new WeakSet<object>();
  judge({
    threw(cause, fault) {
      cause.errors++;
      // one activation, one error_click, however much went wrong
      if (told.has(cause) || isIgnored(cause.target, "error")) return;
      told.add(cause);
      send({ kind: "error_click", ...fault }, cause.stamp);
    },
    answered(cause, request) {
      if (!isFailure(request)) return;
      const { address, status } = request;
      const fault = { route: route(address), status, duration_ms: Math.round(clock() - cause.t), first_party: firstParty(address) };
      cause.errors++;
      // a page that is left ends its requests too: that one never gets to the timer
      soon(() => {
        send({ kind: "failed_action", ...fault }, cause.stamp);
        tell((by) => by.threw?.(cause, fault));
      }, LEFT_MS);
    },
  });
}

/** No answer, or the server's own failure; a refusal (4xx) is an answer. */
export function isFailure({ status, aborted }: Pick<Settled, "status" | "aborted">): boolean {
  return status > 499 || (!status && !aborted);
}
