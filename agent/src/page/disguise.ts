/** The text of a function in whose place another stands is its own. */
import { originals, wrap } from "./safe";

export function startDisguise(): void {
  const { toString } = Function.prototype;
  wrap(Function.prototype, "toString", (_, args, self) => Reflect.apply(toString, originals.get(self) ?? self, args));
}
