import * as Sentry from "@sentry/browser";
Sentry.init({
  dsn: `http://key@${location.host}/1`, tunnel: location.origin + "/sink" + location.pathname.slice(location.pathname.lastIndexOf("/")),
  integrations: [Sentry.replayIntegration({ useCompression: false, minReplayDuration: 0 })], replaysSessionSampleRate: 1, replaysOnErrorSampleRate: 1,
});
