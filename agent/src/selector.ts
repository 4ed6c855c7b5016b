/** A name for an element that outlives a release and says nothing about the visitor. */
import { closest, up } from "./dom";

/** data-snag-name, else an id without digits, else the path of tags; never text, values or class names. */
export function selector(element: Element): string {
  let path = "";
  for (let at: Element | null = element; at; at = up(at)) {
    const name = at.getAttribute("data-snag-name");
    const id = at.getAttribute("id") ?? "";
    const anchor = name
      ? `[data-snag-name=${JSON.stringify(name.slice(0, 80))}]`
      : /^[A-Za-z_-]{2,60}$/.test(id) // digits are most often generated
        ? "#" + id
        : "";
    const step: string = anchor || tag(at) + nth(at);
    const longer: string = path ? step + ">" + path : step;
    if (longer.length > 200) break;
    path = longer;
    if (anchor) break;
  }
  return path || tag(element);
}

/** What a person would call it: the site's own name, else its role or tag. */
export function nameOf(element: Element): string {
  return (
    closest(element, "[data-snag-name]")?.getAttribute("data-snag-name") ||
    element.getAttribute("role") ||
    element.localName
  ).slice(0, 80);
}

/** What an event says of the element that it is about. */
export function namesOf(element: Element): { target: string; target_name: string } {
  const known = names.get(element) ?? { target: selector(element), target_name: nameOf(element) };
  names.set(element, known);
  return known;
}

/** An element keeps its name for as long as it lives. */
const names = new WeakMap<Element, ReturnType<typeof namesOf>>();

/** Whether the site asked not to hear of this signal here: `data-snag-ignore="rage dead error"`. */
export function isIgnored(element: Element, signal: string): boolean {
  return !!closest(element, `[data-snag-ignore=""],[data-snag-ignore*=${signal}]`);
}

function tag(element: Element): string {
  const role = element.getAttribute("role");
  return element.localName + (role ? `[role=${role}]` : "");
}

function nth(element: Element): string {
  const twins = [...(element.parentNode?.children ?? [])].filter(({ localName }) => localName === element.localName);
  return twins.length > 1 ? `:nth-of-type(${twins.indexOf(element) + 1})` : "";
}
