/** The agent as it is, and beside it one more judge that tells the page around it of every record. */
import { judge } from "../src/activation/bus";
import { Outcome, type Activation } from "../src/activation/record";
import "../src/main";

const WORDS = {
  [Outcome.none]: "none",
  [Outcome.error]: "error",
  [Outcome.pending]: "pending",
  [Outcome.acknowledged]: "acknowledged",
};
let count = 0;
const numbers = new WeakMap<Activation, number>();

judge({
  _committed: (one) => tell(one, "waiting"),
  _settled: (one) => tell(one, WORDS[one._outcome]),
  _late: (one, at) => tell(one, "late result", at),
});

function tell(one: Activation, outcome: string, late = 0): void {
  if (!numbers.has(one)) numbers.set(one, ++count);
  parent.postMessage(
    {
      number: numbers.get(one),
      target: one._stamp && (one._thing.id ? `#${one._thing.id}` : one._thing.localName),
      outcome,
      answered_ms: one._answeredAt ? Math.round(one._answeredAt - one._time) : null,
      late_ms: late ? Math.round(late - one._time) : null,
      delay_ms: Math.round(one._delay),
      working: one._marks.length,
      errors: one._errors,
      requests: one._requests,
    },
    location.origin,
  );
}
