/** What is known of one click, tap or key press, and who wants to hear what becomes of it. */
import type { View } from "../page/place";
import type { Stamp } from "../transport/stamp";
import type { Change } from "./changes";

/** How the record of an activation ends; the higher, the better for the visitor. */
export const enum Outcome {
  open,
  none,
  error,
  pending,
  acknowledged,
}

/** A sign that the page is at work. */
export interface Mark {
  /** what shows it, where one element does */
  _sign?: Node;
  /** whether it is still shown */
  _isShown(): boolean;
}

export interface Activation {
  /** performance time of the input itself, not of its handling */
  _time: number;
  _x: number;
  _y: number;
  _target: Element;
  /** closest interactive ancestor, or what lies covered below the target, else the target */
  _thing: Element;
  /** whether `_thing` is a control by its markup */
  _isControl: boolean;
  _stamp: Stamp;
  /** a click has come of the press */
  _isCommitted?: boolean;
  /** marked as the chosen one among its like before the press */
  _isChosen?: boolean;
  /** which click of a double or triple click */
  _count: number;
  /** the visitor had to wait so long before the page even heard of it */
  _delay: number;
  /** how it looked before */
  _look: string;
  /** when the page answered it; 0: not yet */
  _answeredAt: number;
  _marks: Mark[];
  /** when a request of it was answered last; Infinity: not yet */
  _repliedAt: number;
  /** until when what is drawn is most likely the result of that request */
  _drawsUntil: number;
  _errors: number;
  _requests: number;
  /** until when something that it has put off is still to come */
  _awaitedUntil: number;
  _isNavigating?: boolean;
  /** how often it was looked at: a blocked page gets its chance first */
  _looks: number;
  _outcome: Outcome;
  /** its result has come: what is shown from now on is another's */
  _isDone?: boolean;
  /** it came before the agent: nobody knows how the page stood then */
  _isEarly?: boolean;
}

/** A request that an activation caused has ended. */
export interface Reply {
  _address: string;
  /** 0: no answer */
  _status: number;
  _isAborted: boolean;
}

/** Any request of the page has ended. */
export interface Request {
  _isOk: boolean;
  _startedAt: number;
  _method: string;
  _body: unknown;
}

/** Whoever judges by what happens. Each is optional; one's fault is not the others'. */
export interface Judge {
  _committed?(activation: Activation): void;
  _settled?(activation: Activation): void;
  /** a visible change that came after the outcome */
  _late?(activation: Activation, at: number, isHabit: unknown): void;
  /** a change that a visitor can see, known to be of this activation */
  _shown?(activation: Activation, change: Change): void;
  _answered?(activation: Activation, reply: Reply): void;
  /** any request, also one that no activation caused */
  _requested?(request: Request): void;
  /** an error goes back to the activation */
  _threw?(activation: Activation, fault: object): void;
  /** a form was not accepted */
  _refused?(form: Element, why?: object): void;
  _accepted?(form: Element): void;
  /** another view of the page has begun */
  _viewed?(view: View, views: View[]): void;
  /** the cause of what runs is about to change; the time within which its changes may still come */
  _switching?(from: Activation | null, ms: number): void;
  /** a document of a frame, or a shadow root, has been met */
  _entered?(root: Document | ShadowRoot): void;
  _tick?(now: number): void;
  /** the page may be gone at once; what is open has been settled */
  _leaving?(now: number, isExit: unknown): void;
}

/** How a record ends. */
export function outcomeOf(activation: Pick<Activation, "_answeredAt" | "_marks" | "_errors">): Outcome {
  const { _marks, _answeredAt, _errors } = activation;
  return _marks[0] ? Outcome.pending : _answeredAt ? Outcome.acknowledged : _errors ? Outcome.error : Outcome.none;
}
