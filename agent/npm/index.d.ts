/** Levels of consent, the strictest first. */
export type Consent = "none" | "necessary" | "measurement" | "full";

export interface Options {
  /** public address of the collector */
  url: string;
  /** the site's name */
  app: string;
  /** version of the site; default: what the Vite plugin found */
  release?: string;
  /** environment, such as production */
  env?: string;
  /** default: measurement */
  consent?: Consent;
  /** say in the console what became of each click */
  debug?: boolean;
  /** report FCP, LCP, CLS and INP */
  vitals?: boolean;
  /** part of the sessions that is sent; default: 1 */
  sample?: number;
  /** "friction": outside the sample, a session with friction is sent whole */
  keep?: "friction";
  /** further hosts of the site, comma-separated */
  hosts?: string;
  /** what the site chose for this visitor */
  variant?: string;
  /** what the visitor chose */
  setting?: string;
  /** the question to the visitor, made by `survey` */
  survey?: Survey;
}

export interface Question {
  metric: "nps" | "csat" | "ces";
  /** part of the sessions that is asked; default: 0.1 */
  share?: number;
  /** seconds on the page before it is asked; default: 20 */
  after?: number;
  /** only where the path begins so */
  page?: string;
  touchpoint?: string;
  version?: string;
  question?: string;
  /** "low|high" */
  ends?: string;
  thanks?: string;
  close?: string;
}

declare const made: unique symbol;
export interface Survey {
  readonly [made]: true;
}

/** Start the agent; a second call changes nothing, and on a server none does. */
export function init(options: Options): void;
/** The question of `init({ survey })`. */
export function survey(question: Question): Survey;
/** Report an error that the site has handled itself. */
export function captureError(error: unknown): void;
/** The visitor is at this step, until the next word of it. */
export function step(name: string, journey?: string): void;
/** Name the view at the present address. */
export function page(name: string): void;
/** For consent managers; "none" stops everything and forgets what was stored. */
export function consent(level: Consent): void;
