/** Consent, and the id that ties the views of one visit together. Never a person, never outlives the tab. */
import { IDLE_MS, TOUCH_MS, VISIT_MS } from "../limits";
import { guard, warn } from "../page/safe";
import { uuid } from "./ids";

export type Level = "none" | "necessary" | "measurement" | "full";

const LEVELS = ["none", "necessary", "measurement", "full"];
const PREFIX = "snag.";

/** Stored for the next page. */
interface Visit {
  id: string;
  since: number;
  last: number;
}

let level: Level = "measurement";
let visit: Visit | null = null;

export function consent(): Level {
  return level;
}

/** Take a level from the tag or a consent manager; Do Not Track and GPC cap it at `measurement`, a word that is not known means `none`. */
export function setConsent(word: string): void {
  const wasStored = isStored();
  const { globalPrivacyControl, doNotTrack } = navigator as any;
  if (!LEVELS.includes(word)) {
    warn(`consent "${word}" is not known; expected ${LEVELS.join(", ")}; nothing is recorded`);
    word = "none";
  }
  level = word === "full" && (globalPrivacyControl || doNotTrack === "1") ? "measurement" : (word as Level);
  if (isStored() !== wasStored) visit = null;
  if (!isStored()) guard(forget)();
}

/** sessionStorage may be used. */
function isStored(): boolean {
  return level === "measurement" || level === "full";
}

/** What an earlier page of this visit left under `key`; null where consent or the browser keep nothing. */
export function read(key: string): any {
  try {
    return isStored() ? JSON.parse(sessionStorage.getItem(PREFIX + key)!) : null;
  } catch {
    return null;
  }
}

/** Leave `value` to the next page; whether it could be stored. */
export function write(key: string, value: unknown): boolean {
  try {
    if (isStored()) sessionStorage.setItem(PREFIX + key, JSON.stringify(value));
    return isStored();
  } catch {
    return false; // full or forbidden: then it lives in memory only
  }
}

/** The visit's id: 30 minutes idle or 4 hours end it; with `necessary` it ends with the page view. */
export function sessionId(): string {
  const now = Date.now();
  visit ??= read("session") as Visit | null;
  if (!visit || now - visit.last > IDLE_MS || now - visit.since > VISIT_MS) visit = { id: uuid(), since: now, last: 0 };
  if (now - visit.last > TOUCH_MS) {
    visit.last = now;
    write("session", visit);
  }
  return visit.id;
}

/** A new page view has begun, which without storage is all that one id may cover. */
export function newView(): void {
  if (!isStored()) visit = null;
}

function forget(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}
