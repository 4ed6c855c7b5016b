/** Errors and failed requests that an activation caused, by the cause that timers and requests carry. */
import { judge, tell } from "../activation/bus";
import type { Change } from "../activation/changes";
import type { Activation, Reply } from "../activation/record";
import { AFTER_MS, LEFT_MS } from "../limits";
import { isVisible, up } from "../page/dom";
import { clock, soon } from "../page/safe";
import { firstParty, route } from "../page/scrub";
import { isIgnored } from "../page/selector";
import { send } from "../transport/stamp";

/** Refusals that a visitor can mend: what was entered, who is asking, how often. The forms report these. */
const REFUSALS = [400, 401, 403, 409, 422, 429];
/** How a page says that something went wrong. */
const ALERT = "[role=alert],[role=status],[aria-live],[class*=error i],[class*=danger i],[class*=alert i],[class*=toast i],[class*=fail i]";
const WORDS = /\b(wrong|error|fail\w*|oops|sorry|unable|could ?n.t|cannot|not found|try again|fehler\w*|fehlgeschlagen|schief|erreur|\u00e9chou\w*|errore|fallo|mislukt)\b/i;

export function startErrorClicks(): void {
  const reported = new WeakSet<Activation>();
  /** A refusal of the site's own interface, which is a failure if the visitor hears of it. */
  const refusals = new WeakMap<Activation, [Reply, at: number]>();

  const fail = (cause: Activation, { _address, _status }: Reply) => {
    const fault = { route: route(_address), status: _status, duration_ms: Math.round(clock() - cause._time), first_party: firstParty(_address) };
    cause._errors++;
    // a page that is left ends its requests too: that one never gets to the timer
    soon(() => {
      send({ kind: "failed_action", ...fault }, cause._stamp);
      tell((by) => by._threw?.(cause, fault));
    }, LEFT_MS);
  };

  judge({
    _threw(cause, fault) {
      cause._errors++;
      // one activation, one error_click, however much went wrong
      if (reported.has(cause) || isIgnored(cause._target, "error")) return;
      reported.add(cause);
      send({ kind: "error_click", ...fault }, cause._stamp);
    },
    _answered(cause, reply) {
      if (isFailure(reply)) fail(cause, reply);
      else if (reply._status > 399 && !REFUSALS.includes(reply._status) && firstParty(reply._address)) refusals.set(cause, [reply, clock()]);
    },
    _shown(cause, change) {
      const [reply, at] = refusals.get(cause) ?? [];
      if (!reply || change._times.at(-1)! < at! || change._times[0]! - at! > AFTER_MS || !saysFailure(change)) return;
      refusals.delete(cause);
      fail(cause, reply);
    },
  });
}

/** Whether a change tells the visitor that something went wrong. */
function saysFailure({ _node, _nodes }: Change): boolean {
  return [...(_nodes.size ? _nodes : [_node])].some((node) => {
    const element = node.nodeType === 1 ? (node as Element) : up(node);
    return element && isVisible(element) && (element.matches(ALERT) || element.querySelector(ALERT) || WORDS.test((node.textContent ?? "").slice(0, 500)));
  });
}

/** No answer, or the server's own failure; a refusal (4xx) is an answer. */
function isFailure({ _status, _isAborted }: Reply): boolean {
  return _status > 499 || (!_status && !_isAborted);
}
