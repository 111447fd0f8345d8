"use strict";

// Charts: Plotly comes packed; its colours are the page's own, put on again when the reader's scheme changes.
const dark = matchMedia("(prefers-color-scheme: dark)");

async function unpacked(id) {
  const packed = Uint8Array.from(atob(document.getElementById(id).textContent), letter => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

const LABEL = 36; // CSS pixels that a tick's label needs

function thinned(axis, width) {
  if (!axis.ticktext || width >= LABEL * axis.ticktext.length) return axis;
  const every = Math.ceil(LABEL * axis.ticktext.length / width), from = axis.ticktext.indexOf("1") % every;
  return { ...axis, ticktext: axis.ticktext.map((text, place) => place % every === from ? text : "") };
}

function themed(layout, width) {
  const style = getComputedStyle(document.documentElement);
  const [paper, ink, soft, rule] = ["--paper", "--ink", "--soft", "--rule"].map(name => style.getPropertyValue(name).trim());
  const axis = { color: soft, gridcolor: rule, linecolor: rule, zerolinecolor: rule };
  return {
    ...layout,
    font: { family: style.fontFamily, size: 12, color: ink },
    hoverlabel: { bgcolor: paper, bordercolor: soft, font: { color: ink }, align: "left" },
    xaxis: { ...thinned(layout.xaxis, width), ...axis, spikecolor: soft, spikethickness: 1 },
    yaxis: { ...layout.yaxis, ...axis },
    shapes: (layout.shapes || []).map(shape => ({ ...shape, line: { ...shape.line, color: soft } })),
  };
}

function charts() {
  let text = document.getElementById("charts").textContent;
  if (!dark.matches) return JSON.parse(text);
  const lifted = JSON.parse(document.getElementById("on-dark").textContent);
  for (const [one, other] of Object.entries(lifted)) text = text.replaceAll(`"${one}"`, `"${other}"`);
  return JSON.parse(text);
}

async function draw() {
  const drawn = charts();
  for (const place of document.querySelectorAll("[data-chart]")) {
    if (place.closest("[hidden]")) continue; // it has no size yet
    const { data, layout } = drawn[place.dataset.chart];
    await Plotly.react(place, data, themed(layout, place.clientWidth), { responsive: true, displayModeBar: false });
  }
  document.documentElement.dataset.charts = "drawn";
}

async function start() {
  if (!document.querySelector("[data-chart]")) return;
  const script = document.createElement("script");
  script.textContent = await unpacked("plotly");
  document.head.append(script);
  await draw();
  dark.addEventListener("change", draw);
}

// A selector shows one chart of its section at a time; without script all are there.
function choose(selector) {
  const choices = document.querySelectorAll(`[data-choice="${selector.dataset.choices}"]`);
  choices.forEach((choice, place) => (choice.hidden = place !== Number(selector.value)));
}

for (const selector of document.querySelectorAll("[data-choices]")) {
  choose(selector);
  selector.addEventListener("change", () => { choose(selector); draw(); });
}

// Tables: a heading sorts by what each cell keeps in data-key; what has no key comes last either way.
function sortBy(heading) {
  const table = heading.closest("table"), place = heading.cellIndex, numeric = heading.dataset.numeric === "true";
  const down = heading.getAttribute("aria-sort") === "ascending";
  const key = row => row.cells[place].dataset.key;
  const number = text => ({ inf: Infinity, "-inf": -Infinity })[text] ?? Number(text);
  const order = numeric
    ? (one, other) => number(one) - number(other) || 0
    : new Intl.Collator("en", { numeric: true }).compare;
  const rows = [...table.tBodies[0].rows];
  const [known, unknown] = [rows.filter(row => key(row) !== ""), rows.filter(row => key(row) === "")];
  known.sort((one, other) => (down ? -1 : 1) * order(key(one), key(other)));
  table.tBodies[0].append(...known, ...unknown);
  for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.setAttribute("aria-sort", "none");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
}

for (const button of document.querySelectorAll(".sortable button")) {
  button.addEventListener("click", () => sortBy(button.closest("th")));
}
start();
