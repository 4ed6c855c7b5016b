/** Gives every event its ids, time, view and step, holds the caps, and hands it to the transport. */
import type { Common, Event, Kind } from "./events.gen";
import { uuid } from "./ids";
import { hook } from "./tag";
import { enqueue } from "./transport";
import { clock } from "./safe";

export type Draft<K extends Kind = Kind> = { [P in K]: Omit<Extract<Event, { kind: P }>, keyof Common> }[K];
/** When and where something happened, taken at that moment: its verdict comes later, perhaps on another view. */
export type Stamp = Omit<Common, "event_id" | "revision">;

/** An event that may still grow, such as a burst that goes on. */
export interface Reported {
  revise(changes: Record<string, number | boolean | string>): void;
}

export interface Report {
  stamp(at?: number): Stamp;
  send(draft: Draft, stamp?: Stamp): Reported;
}

const MOST_EVENTS = 100;
const MOST_BYTES = 64 * 1024;
/** Requests and vitals may not use up the room that friction needs. */
const MOST_OTHERS = 60;
const FRICTION_FREE = new Set<Kind>(["page_view", "web_vital", "resource_timing"]);

/** `place` tells the view that the visitor looks at. */
export function startReport(place: () => { view_id: string; page_group: string }): Report & { refill(): void } {
  let events = 0;
  let others = 0;
  let bytes = 0;

  const stamp = (at = clock()): Stamp => {
    const given = hook();
    const stamped: Stamp = { client_ts: Math.round(Date.now() - (clock() - at)), ...place() };
    if (given?.journey) stamped.journey = given.journey;
    if (given?.step) stamped.step = given.step;
    return stamped;
  };

  /** Every sending counts, so that a burst that never ends cannot flood either. */
  const put = (event: Event) => {
    const free = FRICTION_FREE.has(event.kind);
    const length = JSON.stringify(event).length;
    if (events >= MOST_EVENTS || bytes + length > MOST_BYTES || (free && others >= MOST_OTHERS)) return;
    events++;
    bytes += length;
    if (free) others++;
    enqueue(event, !free);
  };

  return {
    stamp,
    send(draft, stamped = stamp()) {
      let event = { event_id: uuid(), ...stamped, ...draft } as Event;
      put(event);
      return {
        revise(changes) {
          event = { ...event, ...changes, revision: (event.revision ?? 0) + 1 } as Event;
          put(event);
        },
      };
    },
    /** A new view that the visitor asked for gets room of its own. */
    refill() {
      events = others = bytes = 0;
    },
  };
}
