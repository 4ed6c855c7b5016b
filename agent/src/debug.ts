/** Says in the console what was loaded, and what became of each click and why: loaded only where somebody asks for it. */
import type { Change } from "./activation/changes";
import { Outcome, type Activation, type Judge } from "./activation/record";

interface About {
  app: string;
  release: string;
  env: string;
  url: string;
  consent: string;
}

const WORDS = {
  [Outcome.open]: "open",
  [Outcome.none]: "nothing happened",
  [Outcome.error]: "an error",
  [Outcome.pending]: "the page is at work",
  [Outcome.acknowledged]: "answered",
};

/** `build`: that of the agent, whose records this file must know by the same names. */
export function start(judge: (by: Judge) => void, build: string, { app, release, env, url, consent }: About): void {
  if (build !== BUILD) return say(`agent-debug.js is of another build than agent.js (${BUILD}, ${build}); load both again`);
  say(`version ${VERSION} watches "${app}"${release && `, release ${release}`}${env && `, ${env}`}; consent ${consent}; sends to ${url}`);
  const reasons = new WeakMap<Activation, string[]>();
  const told = new WeakSet<Activation>();
  const add = (activation: Activation, reason: string) => reasons.set(activation, [...(reasons.get(activation) ?? []), reason].slice(-5));
  judge({
    _shown: (activation, change) => add(activation, describe(change)),
    _answered: (activation, { _address, _status, _isAborted }) => add(activation, `${_address} ended with ${_isAborted ? "an abort" : _status || "no answer"}`),
    _threw: (activation) => add(activation, "an error was thrown"),
    _settled(activation) {
      const { _stamp, _outcome, _answeredAt, _time, _requests } = activation;
      const { target, target_name } = _stamp as { target?: string; target_name?: string };
      const after = _answeredAt ? ` after ${Math.round(_answeredAt - _time)} ms` : "";
      const why = reasons.get(activation)?.join("; ") ?? (_answeredAt ? "a reaction of the browser, or of the surroundings" : "");
      say(`${target_name} (${target}): ${WORDS[_outcome]}${after}${why && `: ${why}`}${_requests ? `; ${_requests} requests are open` : ""}`);
    },
    _late(activation, at) {
      if (told.has(activation)) return;
      told.add(activation);
      say(`${(activation._stamp as { target_name?: string }).target_name}: result after ${Math.round(at - activation._time)} ms`);
    },
  });
}

function describe({ _node, _key }: Change): string {
  const element = _node.nodeType === 1 ? (_node as Element) : _node.parentElement;
  const where = element ? element.localName + (element.id && `#${element.id}`) : "text";
  return /^[-+]/.test(_key) ? `${_key} in ${where}` : `${_key} of ${where} changed`;
}

function say(text: string): void {
  console.info("snag:", text);
}
