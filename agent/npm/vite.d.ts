import type { Consent } from "./index.js";

export interface SnagwatchOptions {
  /** public address of the collector */
  url: string;
  /** the site's name */
  app: string;
  /** version of the site; default: SNAG_RELEASE, else the version of package.json */
  release?: string;
  env?: string;
  consent?: Consent;
  /** insert the tag into index.html; false where the site calls `init` itself. Default: true */
  tag?: boolean;
  /** where builds leave their source maps: the collector's private port, and the token of SNAG_SOURCEMAPS_TOKEN */
  sourcemaps?: { url: string; token: string };
}

/** Sets the release, inserts the tag, and leaves the source maps with the collector. */
export default function snagwatch(options: SnagwatchOptions): { name: string };
