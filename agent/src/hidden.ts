/** The text of a function in whose place another stands is its own. */
import type { Core } from "./main";
import { originals as ours, wrap } from "./safe";

export function start({ originals }: Core): void {
  const { toString } = Function.prototype;
  wrap(Function.prototype, "toString", (_, args, self) => {
    const inner = ours.get(self) ?? self; // which the core may have put there
    return Reflect.apply(toString, originals.get(inner) ?? inner, args);
  });
}
