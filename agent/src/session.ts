/** Consent, and the id that ties the views of one visit together. Never a person, never outlives the tab. */
import { uuid } from "./ids";
import { guard } from "./safe";

export type Level = "none" | "necessary" | "measurement" | "full";

const IDLE_MS = 30 * 60_000;
const LONGEST_MS = 4 * 3600_000;
/** The last use is written at most this often: storage is slow, and every event asks. */
const TOUCH_MS = 5000;
const KEY = "snag.session";

interface Visit {
  id: string;
  start: number;
  last: number;
}

let level: Level = "measurement";
let visit: Visit | null = null;

export function consent(): Level {
  return level;
}

/** Take a level from the tag or a consent manager; Do Not Track and GPC cap it at `measurement`. */
export function setConsent(wanted: string): void {
  const before = level;
  const { globalPrivacyControl, doNotTrack } = navigator as any;
  const capped = wanted === "full" && (globalPrivacyControl || doNotTrack === "1");
  level = /^(none|necessary|full)$/.test(wanted) && !capped ? (wanted as Level) : "measurement";
  if (isKept(level) !== isKept(before)) visit = null;
  if (!isKept(level)) guard(forget)();
}

function isKept(known: Level): boolean {
  return known === "measurement" || known === "full";
}

/** sessionStorage where consent and browser allow it. */
export function storage(): Storage | null {
  try {
    return isKept(level) ? sessionStorage : null;
  } catch {
    return null;
  }
}

/** The visit's id: 30 minutes idle or 4 hours end it; with `necessary` it ends with the page view. */
export function sessionId(): string {
  const now = Date.now();
  const store = storage();
  visit ??= JSON.parse(store?.getItem(KEY) ?? "null") as Visit | null;
  if (!visit || now - visit.last > IDLE_MS || now - visit.start > LONGEST_MS) {
    visit = { id: uuid(), start: now, last: 0 };
  }
  if (now - visit.last > TOUCH_MS) {
    visit.last = now;
    // full: then the id lives in memory
    guard(() => store?.setItem(KEY, JSON.stringify(visit)))();
  }
  return visit.id;
}

/** A new page view has begun, which without storage is all that one id may cover. */
export function newView(): void {
  if (level === "necessary") visit = null;
}

function forget(): void {
  for (const key of ["session", "unsent", "step"]) sessionStorage.removeItem("snag." + key);
}
