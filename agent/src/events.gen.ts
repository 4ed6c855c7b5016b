// Written by `python -m tools.generate`. Do not edit.

/** What every event carries. */
export interface Common {
  /** the same for every retry and every revision of one event */
  event_id: string;
  /** when it happened by the visitor's clock, ms since 1970 UTC, as sent */
  client_ts: number;
  /** counts the sendings of an event that went on; the highest one holds */
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
/** What the user met on the way. Evidence only: whose fault it was is judged later. */
export interface FrictionFields extends Common {
  /** stable selector of the element, without text or values */
  target?: string;
  /** name that the site gave it (data-snag-name), or its role */
  target_name?: string;
  /** clicks, errors, refusals or refills in this one event */
  repeat_count?: number;
  /** how long the user waited or was held up, ms */
  duration_ms?: number;
  /** the limit that was passed, ms; 0 where there is none */
  threshold_ms?: number;
  /** the page showed that it was working on it */
  acknowledged?: boolean;
  /** the user left, or could not go on */
  blocked?: boolean;
  /** where an error came from */
  error_source?: "none" | "script" | "promise" | "resource" | "csp" | "console";
  /** class of the error, such as TypeError */
  error_type?: string;
  /** its message without digits, quoted text, addresses and query strings */
  error_message?: string;
  /** script and line of the error, or the resource, without query */
  error_place?: string;
  /** the fault lies in the site's own code or servers, as far as the agent sees */
  first_party?: boolean;
  /** request that failed: host and path template */
  route?: string;
  /** HTTP status of that request; 0: no answer */
  status?: number;
  /** the browser said that it had no network */
  offline?: boolean;
}
/** Help-seeking: a sign of contacts to come, kept beside friction and never counted as such. */
export interface HelpFields extends Common {
  /** stable selector of the element, without text or values */
  target?: string;
  /** name that the site gave it (data-snag-name), or its role */
  target_name?: string;
}
/** A page, or a view of a single-page app, was looked at. */
export interface PageView extends Common {
  kind: "page_view";
  /** where the visitor came from: internal, external or none */
  referrer_group?: string;
  /** personalisation: the variant that the site chose for the visitor */
  variant?: string;
  /** customisation: the setting that the visitor chose */
  user_setting?: string;
}
/** At least three quick clicks in one place that did nothing. */
export interface RageClick extends FrictionFields {
  kind: "rage_click";
}
/** A click on something that looks as if it works, and nothing happened within two seconds. */
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
/** The request that a user's action caused failed. */
export interface FailedAction extends FrictionFields {
  kind: "failed_action";
}
/** The user was shown a 404 or 5xx page. */
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
/** The page was blocked for over a second while an action waited for it. */
export interface UnresponsiveUi extends FrictionFields {
  kind: "unresponsive_ui";
}
/** A form was begun and left without being sent. */
export interface FormAbandonment extends FrictionFields {
  kind: "form_abandonment";
}
/** A form was refused at least twice. */
export interface ValidationLoop extends FrictionFields {
  kind: "validation_loop";
}
/** A field had to be typed again. */
export interface FieldRefill extends FrictionFields {
  kind: "field_refill";
}
/** A form was sent again before the first sending was answered. */
export interface RepeatedSubmit extends FrictionFields {
  kind: "repeated_submit";
}
/** A login was refused. */
export interface LoginFailure extends FrictionFields {
  kind: "login_failure";
}
/** A logged-in session ended under the user's hands. */
export interface SessionExpired extends FrictionFields {
  kind: "session_expired";
}
/** A page was left back to where the visitor came from within five seconds. */
export interface QuickBack extends FrictionFields {
  kind: "quick_back";
}
/** The same page was reached at least three times in two minutes without effect. */
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
/** A journey was entered and not finished. */
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
/** A page whose loading never ended within the step's limit. */
export interface LoadNeverFired extends FrictionFields {
  kind: "load_never_fired";
}
/** One refusal of one field. Of weight 0: evidence for the cause rules, not friction by itself. */
export interface InputRefused extends FrictionFields {
  kind: "input_refused";
}
/** A help page, FAQ or chatbot was opened. */
export interface HelpOpened extends HelpFields {
  kind: "help_opened";
}
/** Something was searched for in the help. */
export interface HelpSearch extends HelpFields {
  kind: "help_search";
}
/** The visitor opened a way to contact support. */
export interface ContactOpened extends HelpFields {
  kind: "contact_opened";
}
/** The agent's question was put; its second revision, if there is one, is the answer. */
export interface SurveyAnswer extends Common {
  kind: "survey_answer";
  /** what was asked for: NPS (0 to 10), CSAT (1 to 5) or CES (1 to 7) */
  metric: "nps" | "csat" | "ces";
  /** there is an answer; without it the score says nothing */
  answered?: boolean;
  /** the answer, on the scale of its metric */
  score?: number;
  /** where it was asked, by the site's own name */
  touchpoint?: string;
  /** wording of the question, by the site's own name */
  question_version?: string;
}
/** One run of a synthetic journey. */
export interface JourneyRun extends Common {
  kind: "journey_run";
  /** how the run ended */
  run_status: "passed" | "degraded" | "flaky" | "failed" | "error";
  /** whose fault it was if it did not pass */
  fault?: "none" | "friction" | "technical" | "infrastructure" | "monitor";
  /** stable code of the reason, such as step.timeout */
  reason?: string;
  /** the reason in words */
  message?: string;
  /** the step that is to blame */
  failed_step?: string;
  /** where the run was made from */
  location?: string;
  /** browser and version */
  browser?: string;
  /** how long the run took, ms */
  duration_ms?: number;
  /** attempts that it took */
  attempts?: number;
  /** the runner had too little processor to time it fairly */
  contended?: boolean;
  /** where its screenshot and trace are */
  artefacts?: string;
  /** its OpenTelemetry trace */
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
  /** the step's limit, ms; 0 where there is none */
  threshold_ms?: number;
}
/** How fast a page was; never friction. */
export interface WebVital extends Common {
  kind: "web_vital";
  /** which vital */
  metric: "TTFB" | "FCP" | "LCP" | "CLS" | "INP";
  /** ms; without unit for CLS */
  value: number;
}
/** How a request went; never friction. */
export interface ResourceTiming extends Common {
  kind: "resource_timing";
  /** what asked for it */
  initiator?: "document" | "fetch" | "xhr" | "script" | "style" | "image" | "other";
  /** host and path template of the request */
  route?: string;
  /** HTTP status; 0: no answer */
  status?: number;
  /** from the start of the request to the end of the answer, ms */
  duration_ms?: number;
  /** from the start of the request to the first byte of the answer, ms */
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
/** What one sending of the agent or of a journey carries. */
export interface Beacon {
  /** one sending; the same for its retries */
  beacon_id: string;
  /** the site's name; may stand in the URL instead, as ?app= */
  app?: string;
  /** one visit; ends with the tab, never a person */
  session_id: string;
  /** when it was sent by the visitor's clock, ms since 1970 UTC, anew for every retry */
  sent_ts: number;
  /** what happened, oldest first */
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
  /** part of the sessions that is sent; a session counts 1/rate times, by its highest rate */
  sample_rate?: number;
  /** the synthetic run; zero for visitors */
  run_id?: string;
  /** version of the agent or runner that judged */
  agent?: string;
  /** events that the agent had to give up since the beacon before, by reason */
  dropped?: Record<string, number>;
}
