import posthog from "posthog-js";
import "posthog-js/dist/dead-clicks-autocapture";
import "posthog-js/dist/exception-autocapture";
posthog.init("phc_x", {
  api_host: location.origin + "/sink" + location.pathname.slice(location.pathname.lastIndexOf("/")), autocapture: true, rageclick: true, capture_dead_clicks: true,
  capture_exceptions: true, disable_session_recording: true, disable_external_dependency_loading: true, advanced_disable_flags: true, disable_compression: true, request_batching: false, opt_out_useragent_filter: true,
});
