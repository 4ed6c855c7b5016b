import { datadogRum } from "@datadog/browser-rum";
datadogRum.init({
  applicationId: "a", clientToken: "pub", site: "datadoghq.com", proxy: () => location.origin + "/sink" + location.pathname.slice(location.pathname.lastIndexOf("/")),
  sessionSampleRate: 100, trackUserInteractions: true, trackResources: true, trackLongTasks: true,
});
