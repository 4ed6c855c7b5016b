/** Looking for something: help-seeking and empty results where the site's owner marks them, and searches that are tried again. */
import { closest, isVisible, SEARCH } from "./dom";
import type { Core } from "./main";
import { listen, soon } from "./safe";
import { namesOf } from "./selector";

const HELP = { search: "help_search", contact: "contact_opened" } as const;
const MARKED = "[data-snag-help]";
const TERM = /[?&](?:q|query|search|s)=([^&]+)/;
const REFINED = 3;
const REFINED_MS = 120_000;
const LOOK_MS = 1000;

export function start({ report, judge, read, write }: Core): void {
  const opened = (element: Element) => {
    const way = element.getAttribute("data-snag-help") as keyof typeof HELP;
    report({ kind: HELP[way] ?? "help_opened", ...namesOf(element) });
  };
  judge({
    viewed: () => viewed(),
    committed({ target }) {
      const marked = closest(target, MARKED);
      if (marked && !marked.matches("form,input,[data-snag-help=search]")) opened(marked);
    },
  });
  listen(document, "change", ({ target }) => {
    const marked = closest(target, MARKED);
    if (marked) opened(marked);
    else if (target.matches(SEARCH)) searched(target.value);
  });

  let wasEmpty = false;
  const look = () => {
    const isEmpty = [...document.querySelectorAll("[data-snag-no-results]")].some(isVisible);
    if (isEmpty && !wasEmpty) report({ kind: "no_results" });
    wasEmpty = isEmpty;
    soon(look, LOOK_MS);
  };
  look();

  const searched = (term: string) => {
    // never the words: what tells them apart
    const mark = [...term.toLowerCase()].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 0);
    const known: [number, number][] = (read("searches") ?? []).filter(([one, at]: [number, number]) => one !== mark && Date.now() - at < REFINED_MS);
    known.push([mark, Date.now()]);
    if (known.length === REFINED) report({ kind: "search_refinement", repeat_count: REFINED });
    write("searches", known);
  };
  const viewed = () => {
    const term = TERM.exec(location.search)?.[1];
    if (term) searched(decodeURIComponent(term.replace(/\+/g, " ")));
    else write("searches", []); // something was found, or given up
    wasEmpty = false;
  };
  viewed();
}
