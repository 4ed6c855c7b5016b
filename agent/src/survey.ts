/** One question to the visitor (NPS, CSAT or CES): off unless the tag asks for it, a file of its own, once a session at most. */

interface Kind {
  from: number;
  to: number;
  question: string;
  ends: [string, string];
}

const KINDS: Record<string, Kind> = {
  nps: { from: 0, to: 10, question: "How likely are you to recommend us to a friend or colleague?", ends: ["Not at all likely", "Extremely likely"] },
  csat: { from: 1, to: 5, question: "How satisfied are you with your visit?", ends: ["Very dissatisfied", "Very satisfied"] },
  ces: { from: 1, to: 7, question: "This site made it easy for me to do what I came for.", ends: ["Strongly disagree", "Strongly agree"] },
};
const AFTER_S = 20;
const THANKS_MS = 3000;

/** Colours with a contrast of at least 4.5:1 on either ground; nothing moves for who asked for less motion. */
const STYLE = `
:host{all:initial}
section{position:fixed;inset:auto 1rem 1rem auto;z-index:2147483000;box-sizing:border-box;width:min(26rem,calc(100vw - 2rem));
padding:1rem;border:1px solid #767676;border-radius:.5rem;background:#fff;color:#1a1a1a;font:1rem/1.4 system-ui,sans-serif}
h2{margin:0 2.5rem .75rem 0;font:inherit;font-weight:600}
div{display:flex;flex-wrap:wrap;gap:.375rem}
p{display:flex;justify-content:space-between;gap:1rem;margin:.5rem 0 0;font-size:.8125rem;color:#595959}
button{flex:1;min-width:1.75rem;min-height:2.25rem;padding:0;border:1px solid #767676;border-radius:.25rem;background:none;color:inherit;font:inherit;cursor:pointer}
button:hover{background:#e8e8e8;color:#1a1a1a}
button:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}
.close{position:absolute;inset:.5rem .5rem auto auto;width:2.25rem;border-color:transparent}
@media(prefers-color-scheme:dark){section{background:#1f1f1f;color:#f0f0f0;border-color:#9e9e9e}p{color:#bdbdbd}button{border-color:#9e9e9e}button:focus-visible{outline-color:#a8c7fa}}
@media(prefers-reduced-motion:no-preference){section{animation:in .2s ease-out}@keyframes in{from{opacity:0;transform:translateY(.5rem)}}}`;

type Report = (draft: any, stamped?: undefined, growing?: object) => object;

/** Everything that it shares with the agent is handed in: this file may be of another build. */
export function start(report: Report, read: (key: string) => unknown, write: (key: string, value: unknown) => boolean, attribute: (name: string) => string): void {
  const metric = attribute("survey");
  const kind = KINDS[metric];
  if (!kind || read("survey") || !isTopFrame()) return;
  // Who was not chosen stays so for the whole session; where that cannot be remembered nobody is asked twice by never asking.
  const isChosen = Math.random() < share(attribute("survey-share"));
  if (!write("survey", isChosen ? "chosen" : "left")) return;
  if (isChosen) setTimeout(ask, 1000 * (Number(attribute("survey-after")) || AFTER_S));

  function ask(): void {
    const page = attribute("survey-page");
    if (document.visibilityState !== "visible" || (page && !location.pathname.startsWith(page))) return void setTimeout(ask, 1000);
    const about = { kind: "survey_answer", metric, touchpoint: attribute("survey-touchpoint"), question_version: attribute("survey-version") };
    const growing = report(about);
    show(kind!, attribute("survey-question") || kind!.question, ends(), attribute("survey-thanks") || "Thank you.", attribute("survey-close") || "No, thanks", (score) => {
      report({ ...about, answered: true, score }, undefined, growing);
    });
  }

  function ends(): [string, string] {
    const [low, high] = attribute("survey-ends").split("|");
    return low && high ? [low.trim(), high.trim()] : kind!.ends;
  }
}

/** A share from 0 to 1; what is none asks one in ten. */
function share(text: string): number {
  const found = text ? Number(text) : 0.1;
  return found >= 0 && found <= 1 ? found : 0.1;
}

function isTopFrame(): boolean {
  return window === top;
}

/** Takes no focus and covers nothing: a region beside the page, said politely once. Tab reaches it, Escape closes it. */
function show(kind: Kind, question: string, [low, high]: [string, string], thanks: string, close: string, answered: (score: number) => void): void {
  const host = document.createElement("snag-question");
  host.setAttribute("data-snag-ignore", ""); // what happens to it is no friction of the site
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // a style element may be forbidden by the page's policy
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const box = put(root, "section", { role: "region", "aria-labelledby": "q" });
  const heading = put(box, "h2", { id: "q", role: "status" });
  const scale = put(box, "div", { role: "group", "aria-labelledby": "q" });
  for (let score = kind.from; score <= kind.to; score++) {
    const says = score === kind.from ? `, ${low}` : score === kind.to ? `, ${high}` : "";
    const button = put(scale, "button", { type: "button", "aria-label": `${score}${says}` }, String(score));
    button.addEventListener("click", () => {
      const hadFocus = root.activeElement !== null;
      answered(score);
      scale.remove();
      legend.remove();
      heading.textContent = thanks;
      if (hadFocus) leave.focus(); // what had it is gone
      setTimeout(remove, THANKS_MS);
    });
  }
  const legend = put(box, "p", { "aria-hidden": "true" });
  put(legend, "span", {}, low);
  put(legend, "span", {}, high);
  const leave = put(box, "button", { type: "button", class: "close", "aria-label": close }, "\u00d7");
  leave.addEventListener("click", remove);
  box.addEventListener("keydown", (event) => event.key === "Escape" && remove());
  // at the start of the page, for who goes by Tab; a status is said when its text changes
  document.body.prepend(host);
  setTimeout(() => (heading.textContent = question), 100);

  function remove(): void {
    host.remove();
  }
}

function put(into: ParentNode, name: string, attributes: Record<string, string>, text = ""): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  into.append(element);
  return element;
}
