import snagwatch from "@snagwatch/agent/vite";

const { APP, VITE_COLLECTOR, PRIVATE } = process.env;
export default {
  root: APP,
  plugins: [
    snagwatch({
      url: VITE_COLLECTOR, app: `${APP}-shop`, release: "2.4.1", env: "test", tag: APP === "react",
      ...(APP === "react" && { sourcemaps: { url: PRIVATE, token: "secret" } }),
    }),
  ],
};
