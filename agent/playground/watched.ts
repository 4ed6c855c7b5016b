/** The agent as it is, and beside it one more judge that tells the page around it of every record. */
import { judge, type Activation } from "../src/activation";
import "../src/main";
import "../src/more";
import { Outcome } from "../src/outcome";

const WORDS = {
  [Outcome.none]: "none",
  [Outcome.error]: "error",
  [Outcome.pending]: "pending",
  [Outcome.acknowledged]: "acknowledged",
};
let count = 0;
const numbers = new WeakMap<Activation, number>();

judge({
  committed: (one) => tell(one, "waiting"),
  settled: (one) => tell(one, WORDS[one.outcome]),
  late: (one, at) => tell(one, "late result", at),
});

function tell(one: Activation, outcome: string, late = 0): void {
  if (!numbers.has(one)) numbers.set(one, ++count);
  parent.postMessage(
    {
      number: numbers.get(one),
      target: one.stamp && (one.thing.id ? `#${one.thing.id}` : one.thing.localName),
      outcome,
      answered_ms: one.answeredAt ? Math.round(one.answeredAt - one.t) : null,
      late_ms: late ? Math.round(late - one.t) : null,
      delay_ms: Math.round(one.delay),
      working: one.marks.length,
      errors: one.errors,
      requests: one.requests,
    },
    location.origin,
  );
}
