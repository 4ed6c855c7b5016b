/** Put in by the build: the version of package.json and 1 (a build for tests may shorten waits). */
declare const VERSION: string;
declare const BUILD: string;
declare const PACE: number;
