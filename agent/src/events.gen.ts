// Written by `python -m tools.generate`. Do not edit.

/** Fields of every event. */
export interface Common {
  /** id of the event, the same for each retry and revision */
  event_id: string;
  /** time of the event by the visitor's clock, ms since 1970 UTC, as sent */
  client_ts: number;
  /** number of an update to the event; the highest replaces the others */
  revision?: number;
  /** one view of one page */
  view_id?: string;
  /** route template of the page, never a raw URL */
  page_group?: string;
  /** journey that the event belongs to */
  journey?: string;
  /** step of that journey */
  step?: string;
}
/** Something that got in a visitor's way. Evidence only: its cause is classified later. */
export interface FrictionFields extends Common {
  /** stable selector of the element, without text or values */
  target?: string;
  /** name of the element: data-snag-name, its label, or its role */
  target_name?: string;
  /** clicks, errors, rejections or refills in this event */
  repeat_count?: number;
  /** how long the visitor waited, ms */
  duration_ms?: number;
  /** the limit that was exceeded, ms; 0: no limit */
  threshold_ms?: number;
  /** the page showed that it was working */
  acknowledged?: boolean;
  /** the visitor left or could not continue */
  blocked?: boolean;
  /** source of the error */
  error_source?: "none" | "script" | "promise" | "resource" | "csp" | "console";
  /** class of the error, such as TypeError */
  error_type?: string;
  /** error message without digits, quoted text, addresses and query strings */
  error_message?: string;
  /** script and line of the error, or the resource; without query */
  error_place?: string;
  /** the error is in the site's own code or servers, as far as the agent can tell */
  first_party?: boolean;
  /** failed request: host and path template */
  route?: string;
  /** HTTP status of that request; 0: no response */
  status?: number;
  /** the browser reported that it was offline */
  offline?: boolean;
}
/** Help-seeking: a signal of contacts to come; never counted as friction. */
export interface HelpFields extends Common {
  /** stable selector of the element, without text or values */
  target?: string;
  /** name of the element: data-snag-name, its label, or its role */
  target_name?: string;
}
/** A page, or a view of a single-page app, was opened. */
export interface PageView extends Common {
  kind: "page_view";
  /** where the visitor came from: internal, external or none */
  referrer_group?: string;
  /** personalization: the variant that the site chose for the visitor */
  variant?: string;
  /** customization: the setting that the visitor chose */
  user_setting?: string;
}
/** Three or more quick clicks in one place without effect. */
export interface RageClick extends FrictionFields {
  kind: "rage_click";
}
/** A click on something that looks clickable, without effect within two seconds. */
export interface DeadClick extends FrictionFields {
  kind: "dead_click";
}
/** A click that caused an error. */
export interface ErrorClick extends FrictionFields {
  kind: "error_click";
}
/** An uncaught error, unhandled rejection, failed resource or CSP violation. */
export interface PageError extends FrictionFields {
  kind: "page_error";
}
/** A request that a visitor's action caused failed. */
export interface FailedAction extends FrictionFields {
  kind: "failed_action";
}
/** The visitor got a 404 or 5xx page. */
export interface ErrorPage extends FrictionFields {
  kind: "error_page";
}
/** A page without visible content five seconds after it loaded. */
export interface BlankPage extends FrictionFields {
  kind: "blank_page";
}
/** The visible result of an action took longer than its limit. */
export interface SlowStep extends FrictionFields {
  kind: "slow_step";
}
/** The page was blocked for over a second while an action was waiting. */
export interface UnresponsiveUi extends FrictionFields {
  kind: "unresponsive_ui";
}
/** A form was started and not submitted. */
export interface FormAbandonment extends FrictionFields {
  kind: "form_abandonment";
}
/** A form was rejected at least twice. */
export interface ValidationLoop extends FrictionFields {
  kind: "validation_loop";
}
/** A field had to be typed again. */
export interface FieldRefill extends FrictionFields {
  kind: "field_refill";
}
/** A form was submitted again before the first submission was answered. */
export interface RepeatedSubmit extends FrictionFields {
  kind: "repeated_submit";
}
/** A login was rejected. */
export interface LoginFailure extends FrictionFields {
  kind: "login_failure";
}
/** A session ended while the visitor was using it. */
export interface SessionExpired extends FrictionFields {
  kind: "session_expired";
}
/** The visitor went back within five seconds. */
export interface QuickBack extends FrictionFields {
  kind: "quick_back";
}
/** The same page was opened at least three times in two minutes without effect. */
export interface NavigationLoop extends FrictionFields {
  kind: "navigation_loop";
}
/** At least three different searches without opening a result. */
export interface SearchRefinement extends FrictionFields {
  kind: "search_refinement";
}
/** A search that found nothing. */
export interface NoResults extends FrictionFields {
  kind: "no_results";
}
/** A journey was started and not completed. */
export interface JourneyAbandonment extends FrictionFields {
  kind: "journey_abandonment";
}
/** A dialog that the journey did not expect. */
export interface UnexpectedDialog extends FrictionFields {
  kind: "unexpected_dialog";
}
/** A popup that the journey did not expect. */
export interface UnexpectedPopup extends FrictionFields {
  kind: "unexpected_popup";
}
/** A page whose load event did not fire within the step's limit. */
export interface LoadNeverFired extends FrictionFields {
  kind: "load_never_fired";
}
/** A field was rejected once. Weight 0: evidence for the cause rules, not friction by itself. */
export interface InputRefused extends FrictionFields {
  kind: "input_refused";
}
/** A help page, FAQ or chatbot was opened. */
export interface HelpOpened extends HelpFields {
  kind: "help_opened";
}
/** The help was searched. */
export interface HelpSearch extends HelpFields {
  kind: "help_search";
}
/** A contact page, chat or phone link was opened. */
export interface ContactOpened extends HelpFields {
  kind: "contact_opened";
}
/** The agent asked its question; a second revision is the answer. */
export interface SurveyAnswer extends Common {
  kind: "survey_answer";
  /** metric of the question: NPS (0 to 10), CSAT (1 to 5) or CES (1 to 7) */
  metric: "nps" | "csat" | "ces";
  /** whether there is an answer; if not, the score has no meaning */
  answered?: boolean;
  /** the answer, on the scale of its metric */
  score?: number;
  /** where the question was asked, as the site names it */
  touchpoint?: string;
  /** version of the question's wording, as the site names it */
  question_version?: string;
}
/** One run of a synthetic journey. */
export interface JourneyRun extends Common {
  kind: "journey_run";
  /** how the run ended */
  run_status: "passed" | "degraded" | "flaky" | "failed" | "error";
  /** who is responsible if the run did not pass */
  fault?: "none" | "friction" | "technical" | "infrastructure" | "monitor";
  /** stable code of the reason, such as step.timeout */
  reason?: string;
  /** the reason, for people */
  message?: string;
  /** the step that failed */
  failed_step?: string;
  /** location of the runner */
  location?: string;
  /** browser and version */
  browser?: string;
  /** how long the run took, ms */
  duration_ms?: number;
  /** number of attempts */
  attempts?: number;
  /** the runner had too little CPU for fair timings */
  contended?: boolean;
  /** address of its screenshot and trace */
  artefacts?: string;
  /** id of its OpenTelemetry trace */
  trace_id?: string;
}
/** One step of a synthetic run. */
export interface JourneyStep extends Common {
  kind: "journey_step";
  /** how the step ended */
  step_status: "ok" | "slow" | "degraded" | "failed" | "skipped";
  /** position in the journey, from 0 */
  step_index?: number;
  /** attempt of the run, from 1 */
  attempt?: number;
  /** how long the step took, ms */
  duration_ms?: number;
  /** the step's limit, ms; 0: no limit */
  threshold_ms?: number;
}
/** Speed of a page; never friction. */
export interface WebVital extends Common {
  kind: "web_vital";
  /** which vital */
  metric: "TTFB" | "FCP" | "LCP" | "CLS" | "INP";
  /** ms; CLS has no unit */
  value: number;
}
/** Duration and status of a request; never friction. */
export interface ResourceTiming extends Common {
  kind: "resource_timing";
  /** what started the request */
  initiator?: "document" | "fetch" | "xhr" | "script" | "style" | "image" | "other";
  /** host and path template of the request */
  route?: string;
  /** HTTP status; 0: no response */
  status?: number;
  /** from the start of the request to the end of the response, ms */
  duration_ms?: number;
  /** from the start of the request to the first byte of the response, ms */
  ttfb_ms?: number;
}
export type Event =
  | PageView
  | RageClick
  | DeadClick
  | ErrorClick
  | PageError
  | FailedAction
  | ErrorPage
  | BlankPage
  | SlowStep
  | UnresponsiveUi
  | FormAbandonment
  | ValidationLoop
  | FieldRefill
  | RepeatedSubmit
  | LoginFailure
  | SessionExpired
  | QuickBack
  | NavigationLoop
  | SearchRefinement
  | NoResults
  | JourneyAbandonment
  | UnexpectedDialog
  | UnexpectedPopup
  | LoadNeverFired
  | InputRefused
  | HelpOpened
  | HelpSearch
  | ContactOpened
  | SurveyAnswer
  | JourneyRun
  | JourneyStep
  | WebVital
  | ResourceTiming;
export type Kind = Event["kind"];
/** One batch of events from the agent or a journey. */
export interface Beacon {
  /** id of the beacon, the same for its retries */
  beacon_id: string;
  /** name of the site; may be given in the URL instead, as ?app= */
  app?: string;
  /** id of the visit; ends with the tab, never identifies a person */
  session_id: string;
  /** time of sending by the visitor's clock, ms since 1970 UTC; set again for each retry */
  sent_ts: number;
  /** the events, oldest first */
  events: Event[];
  /** such as production or staging */
  env?: string;
  /** version of the site */
  release?: string;
  /** a visitor, a journey, or a simulator */
  traffic_source?: "rum" | "synthetic" | "simulated";
  /** what the visitor agreed to */
  consent?: "unknown" | "necessary" | "measurement" | "full";
  /** phone, tablet or desktop */
  device?: "unknown" | "phone" | "tablet" | "desktop";
  /** share of the sessions that is sent; a session counts 1/rate times, by its highest rate */
  sample_rate?: number;
  /** the synthetic run; zero for visitors */
  run_id?: string;
  /** version of the agent or runner */
  agent?: string;
  /** events that the agent dropped since the previous beacon, by reason */
  dropped?: Record<string, number>;
}
