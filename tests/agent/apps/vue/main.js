import { createApp, h, ref } from "vue";
import { captureError, init, step } from "@snagwatch/agent";

init({ url: import.meta.env.VITE_COLLECTOR, app: "vue-shop", env: "test", consent: "full" });
const app = createApp({
  setup() {
    const isOpen = ref(false);
    step("basket", "checkout");
    return () => h("main", [
      h("button", { id: "dead", onClick: () => 0 }, "Pay"),
      h("button", { id: "works", onClick: () => (isOpen.value = !isOpen.value) }, isOpen.value ? "Close" : "Open"),
      h("button", { id: "throws", onClick: () => { throw new RangeError("no price"); } }, "Price"),
    ]);
  },
});
app.config.errorHandler = captureError;
app.mount("#root");
