/** Who judges, and how they hear of things. Knows nobody, so that everybody may know it. */
import { guard } from "../page/safe";
import type { Judge } from "./record";

const judges: Judge[] = [];

export function judge(by: Judge): void {
  judges.push(by);
}

/** Report to all that judge; one judge's fault is not the others'. */
export function tell(what: (by: Judge) => unknown): void {
  judges.forEach(guard(what));
}
