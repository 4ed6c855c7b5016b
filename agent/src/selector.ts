/** A name for an element that outlives a release and says nothing about the visitor. */
import { closest, up } from "./dom";

/** data-snag-name, else an id without digits, else the path of tags; never text, values or class names. */
export function selector(element: Element): string {
  let path = "";
  for (let at: Element | null = element; at; at = up(at)) {
    const { localName, parentNode } = at;
    const [name, role, id] = ["data-snag-name", "role", "id"].map((one) => at!.getAttribute(one));
    const twins: Element[] = [...(parentNode?.children ?? [])].filter((one) => one.localName === localName);
    const anchor = name
      ? `[data-snag-name=${JSON.stringify(name.slice(0, 80))}]`
      : /^[A-Za-z_-]{2,60}$/.test(id ?? "1") // digits are most often generated
        ? "#" + id
        : "";
    const step: string = anchor || localName + (role ? `[role=${role}]` : "") + (twins[1] ? `:nth-of-type(${twins.indexOf(at) + 1})` : "");
    if (path.length + step.length > 199) break;
    path = step + (path && ">" + path);
    if (anchor) break;
  }
  return path || element.localName;
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
  let known = names.get(element);
  if (!known) names.set(element, (known = { target: selector(element), target_name: nameOf(element) }));
  return known;
}

/** An element keeps its name for as long as it lives. */
const names = new WeakMap<Element, ReturnType<typeof namesOf>>();

/** Whether the site asked not to hear of this signal here: `data-snag-ignore="rage dead error"`. */
export function isIgnored(element: Element, signal: string): unknown {
  return closest(element, `[data-snag-ignore=""],[data-snag-ignore*=${signal}]`);
}
