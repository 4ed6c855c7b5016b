// What the agent thinks of each activation, and what it sends, as it happens.
const $ = id => document.getElementById(id);
const QUIET = new Set(["page_view", "resource_timing", "web_vital"]);
const rows = new Map();

/** One line of a list: a word with its colour, what it is about, and the evidence. */
function line(row, word, about, evidence) {
  const [first, second, third] = ["b", "span", "small"].map(tag => document.createElement(tag));
  first.textContent = word;
  first.className = word.replace(/\W/g, "");
  second.textContent = about;
  third.textContent = evidence;
  row.replaceChildren(first, second, third);
}

function row(key, list) {
  if (!rows.has(key)) {
    rows.set(key, document.createElement("li"));
    list.prepend(rows.get(key));
  }
  return rows.get(key);
}

addEventListener("message", ({ data, origin }) => {
  if (origin !== location.origin || !data.number) return;
  const evidence = [
    data.answered_ms !== null && `answered after ${data.answered_ms} ms`,
    data.late_ms !== null && `result after ${data.late_ms} ms`,
    data.delay_ms > 50 && `heard after ${data.delay_ms} ms`,
    data.working && "shows that it works",
    data.requests && `${data.requests} open request(s)`,
    data.errors && `${data.errors} error(s)`,
  ];
  line(row(`record ${data.number}`, $("records")), data.outcome, data.target, evidence.filter(Boolean).join(" · "));
});

new EventSource("/told").onmessage = ({ data }) => {
  for (const event of JSON.parse(data).events) {
    if (QUIET.has(event.kind) && !$("all").checked) continue;
    const { kind, target, event_id, client_ts, view_id, page_group, ...rest } = event;
    const evidence = Object.entries(rest).filter(([, value]) => value !== "" && value !== 0 && value !== false && value != null);
    line(
      row(event_id, $("events")), kind, target || page_group || "",
      evidence.map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`).join(" · "),
    );
  }
};

$("clear").onclick = () => {
  rows.clear();
  $("records").replaceChildren();
  $("events").replaceChildren();
};
