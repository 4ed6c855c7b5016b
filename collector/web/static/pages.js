// Makes the drawn charts interactive, where plotly can be had. Everything can be read without it.
const figures = document.querySelectorAll("figure.chart");

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function trace(line, at, unit) {
  const base = { x: at, y: line.values, name: line.name, hovertemplate: `%{y:,.1f}${unit}<extra>${line.name}</extra>` };
  if (line.style === "bars") return { ...base, type: "bar", marker: { color: color(line.ink) } };
  const dash = line.style === "dashes" ? "dash" : "solid";
  return { ...base, type: "scatter", mode: "lines", connectgaps: false, line: { color: color(line.ink), dash, width: 2 } };
}

function layout(given) {
  const axis = { gridcolor: color("grid"), zeroline: false, color: color("quiet") };
  const shapes = given.marks.map((mark) => ({
    type: "line", x0: mark.at, x1: mark.at, yref: "paper", y0: 0, y1: 1, line: { color: color("quiet"), dash: "dot", width: 1 },
  }));
  if (given.band) {
    shapes.push({
      type: "rect", layer: "below", x0: given.band[0], x1: given.band[1], yref: "paper", y0: 0, y1: 1,
      fillcolor: color("band"), line: { width: 0 },
    });
  }
  return {
    height: 220, margin: { l: 44, r: 8, t: 8, b: 32 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "system-ui, sans-serif", size: 12, color: color("quiet") }, showlegend: false, hovermode: "x unified",
    hoverlabel: { bgcolor: color("card"), font: { color: color("ink") } },
    xaxis: { ...axis, showgrid: false }, yaxis: { ...axis, rangemode: "tozero", fixedrange: true }, bargap: 0.14, shapes,
    annotations: given.marks.map((mark) => ({
      x: mark.at, yref: "paper", y: 1, text: mark.name.replace(/[<>&]/g, ""), showarrow: false, xanchor: "left", yanchor: "top",
    })),
  };
}

async function draw(figure) {
  const given = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const drawing = figure.querySelector(".drawing");
  const drawn = [...drawing.children];
  const place = document.createElement("div");
  // The table below it is what a screen reader reads.
  place.setAttribute("aria-hidden", "true");
  drawing.replaceChildren(place);
  try {
    await globalThis.Plotly.newPlot(place, given.lines.map((line) => trace(line, given.at, given.unit)), layout(given), {
      displayModeBar: false, responsive: true,
    });
  } catch (error) {
    drawing.replaceChildren(...drawn);
    console.warn("snag: a chart stays a drawing", error);
  }
}

function drawAll() {
  return Promise.all([...figures].map(draw));
}

// The page's policy takes styles with its nonce alone, and plotly adds a few of its own.
function letStylesIn() {
  const nonce = document.getElementById("plotly.js-style-global").nonce;
  const create = document.createElement;
  document.createElement = function (name, options) {
    const made = create.call(this, name, options);
    if (name === "style") made.nonce = nonce;
    return made;
  };
}

function load() {
  letStylesIn();
  const script = document.createElement("script");
  script.src = "/static/plotly.js";
  script.onload = async () => {
    await drawAll();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
    document.documentElement.dataset.charts = "drawn";
  };
  document.head.append(script);
}

// Only once the page can be read: the script is large.
if (figures.length > 0) {
  new PerformanceObserver((seen, observer) => {
    if (seen.getEntriesByName("first-contentful-paint").length === 0) return;
    observer.disconnect();
    load();
  }).observe({ type: "paint", buffered: true });
}
