/** What a page may call once agent.js has run. */
export interface Snag {
  /** version of the agent */
  readonly version: string;
  /** version of the site, where the tag does not say it */
  release?: string;
  /** for consent managers; "none" stops everything and forgets what was stored */
  consent(level: "none" | "necessary" | "measurement" | "full"): void;
  /** names the view at the present address */
  page(name: string): void;
  /** the visitor is at this step, until the next word of it */
  step(name: string, journey?: string): void;
  /** the visitor has opened a way to contact support */
  contact(): void;
  /** report an error that the site has handled itself */
  captureError(error: unknown): void;
  /** a short code of this session to read out or pass on; "" unless the visitor has agreed to `full` */
  sessionRef(): string;
  /** judges what is open, sends it, and waits until the collector has it: for scripted visits */
  flush(): Promise<void>;
}

declare global {
  interface Window {
    snag?: Snag;
  }
}
