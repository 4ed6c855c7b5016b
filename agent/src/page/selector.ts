/** A name for an element that outlives a release and says nothing about the visitor. */
import { cut } from "./cut";
import { closest, up } from "./dom";
import { scrub } from "./scrub";

const LONGEST_NAME = 80;
const LONGEST_SELECTOR = 199;

/** data-snag-name, else an id without digits, else the path of tags; never text, values or class names. */
function selector(element: Element): string {
  let path = "";
  for (let at: Element | null = element; at; at = up(at)) {
    const { localName, parentNode } = at;
    const [name, role, id] = ["data-snag-name", "role", "id"].map((one) => at!.getAttribute(one));
    const twins: Element[] = [...(parentNode?.children ?? [])].filter((one) => one.localName === localName);
    const anchor = name
      ? `[data-snag-name=${JSON.stringify(cut(name, LONGEST_NAME))}]`
      : /^[A-Za-z_-]{2,60}$/.test(id ?? "1") // digits are most often generated
        ? "#" + id
        : "";
    const step: string = anchor || localName + (role ? `[role=${role}]` : "") + (twins[1] ? `:nth-of-type(${twins.indexOf(at) + 1})` : "");
    if (path.length + step.length > LONGEST_SELECTOR) break;
    path = step + (path && ">" + path);
    if (anchor) break;
  }
  return path || element.localName;
}

/** What a person would call it: the site's own name, its label, its name for tests or forms; else where it is, so that no two are one. */
function nameOf(element: Element, path: string): string {
  const read = (name: string) => element.getAttribute(name)?.trim();
  const name = closest(element, "[data-snag-name]")?.getAttribute("data-snag-name") || labelOf(element) || read("data-testid") || read("name");
  // its end is what tells it from others
  return name ? cut(name, LONGEST_NAME) : cut(path.slice(-LONGEST_NAME), LONGEST_NAME);
}

/** The label that is written for assistive technology and never shown as text of the page's content. */
function labelOf(element: any): string {
  const { labels } = element;
  const named = element.getAttribute("aria-labelledby")?.split(/\s+/).map((id: string) => (element.getRootNode() as Document).getElementById?.(id)?.textContent);
  const label = element.getAttribute("aria-label") || named?.join(" ") || labels?.[0]?.textContent || element.getAttribute("alt") || element.getAttribute("title");
  return scrub(label ?? "");
}

/** What an event says of the element that it is about. */
export function namesOf(element: Element): { target: string; target_name: string } {
  let known = names.get(element);
  if (!known) {
    const target = selector(element);
    names.set(element, (known = { target, target_name: nameOf(element, target) }));
  }
  return known;
}

/** An element keeps its name for as long as it lives. */
const names = new WeakMap<Element, ReturnType<typeof namesOf>>();

/** Whether the site asked not to hear of this signal here: `data-snag-ignore="rage dead error"`. */
export function isIgnored(element: Element, signal: string): unknown {
  return closest(element, `[data-snag-ignore=""],[data-snag-ignore*=${signal}]`);
}
