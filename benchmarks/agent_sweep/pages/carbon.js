import { mount } from "svelte"; import "carbon-components-svelte/css/white.css"; import App from "./Carbon.svelte"; mount(App, { target: root });
