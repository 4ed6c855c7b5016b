import { createApp } from "vue";
import { createRouter, createWebHashHistory, createWebHistory } from "vue-router";

const Home = {
  data: () => ({ n: 0, text: "", tick: 0, words: "" }),
  mounted() { setInterval(() => this.tick++, 400); },
  methods: {
    price() { return this.basket.total; },
    async save() { this.text = (await api(503, 200)).ok ? "Saved" : "Try again later"; },
    async load() { this.text = "Loading"; await api(200, 4400); this.text = "Here it is"; },
    async late() { await api(200, 300); throw new Error("no answer"); },
    send() { if (this.words) { this.text = this.words; this.words = ""; } },
  },
  template: `<section><small>{{ tick }}</small> <button id=plus @click="n++">+</button> <output>{{ n }}</output>
    <button id=dead @click="$data.unused = 1">Reserve</button> <button id=throws @click="price">Price</button>
    <button id=late @click="late">Check</button> <button id=fails @click="save">Save</button>
    <button id=slow @click="load">Load</button> <p>{{ text }}</p>
    <input id=say v-model="words" @keyup.enter="send"></section>`,
};
const page = title => ({ template: `<main><h2>${title}</h2><p>Words about ${title}</p></main>` });
const routes = [
  { path: "/:any(.*)", component: Home }, { path: "/fares", component: page("fares") }, { path: "/rules", component: page("rules") },
];
const base = location.pathname.split("/").slice(0, 3).join("/");
const history = location.search === "?hash" ? createWebHashHistory() : createWebHistory(base);
createApp({
  template: `<nav><router-link id=home to="/start">Home</router-link> <router-link id=fares to="/fares">Fares</router-link>
    <router-link id=rules to="/rules">Rules</router-link></nav><router-view />`,
}).use(createRouter({ history, routes })).mount("#root");
