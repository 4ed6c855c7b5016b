/** Looking for something: help-seeking and empty results where the site's owner marks them, and searches that are tried again. */
import { judge } from "../activation/bus";
import { HELP_LOOK_MS, SEARCHES, SEARCH_MS } from "../limits";
import { SEARCH, closest, isVisible } from "../page/dom";
import { listen, soon } from "../page/safe";
import { namesOf } from "../page/selector";
import { read, write } from "../transport/session";
import { send } from "../transport/stamp";

const HELP = { search: "help_search", contact: "contact_opened" } as const;
const MARKED = "[data-snag-help]";
const TERM = /[?&](?:q|query|search|s)=([^&]+)/;

export function startHelp(): void {
  let wasEmpty = false;
  judge({
    _viewed() {
      viewed();
      wasEmpty = false;
    },
    _committed({ _target }) {
      const marked = closest(_target, MARKED);
      if (marked && !marked.matches("form,input,[data-snag-help=search]")) opened(marked);
    },
  });
  listen(document, "change", ({ target }) => {
    const marked = closest(target, MARKED);
    if (marked) opened(marked);
    else if (target.matches(SEARCH)) searched(target.value);
  });
  const look = () => {
    const isEmpty = [...document.querySelectorAll("[data-snag-no-results]")].some(isVisible);
    if (isEmpty && !wasEmpty) send({ kind: "no_results" });
    wasEmpty = isEmpty;
    soon(look, HELP_LOOK_MS);
  };
  look();
}

function opened(element: Element): void {
  const kind = element.getAttribute("data-snag-help") as keyof typeof HELP;
  send({ kind: HELP[kind] ?? "help_opened", ...namesOf(element) });
}

function searched(term: string): void {
  // never the words: what makes them differ
  const hash = [...term.toLowerCase()].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 0);
  const known: [number, number][] = (read("searches") ?? []).filter(([one, at]: [number, number]) => one !== hash && Date.now() - at < SEARCH_MS);
  known.push([hash, Date.now()]);
  if (known.length === SEARCHES) send({ kind: "search_refinement", repeat_count: SEARCHES });
  write("searches", known);
}

function viewed(): void {
  const term = TERM.exec(location.search)?.[1];
  if (term) searched(decodeURIComponent(term.replace(/\+/g, " ")));
  else write("searches", []); // something was found, or given up
}
