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
  const style = getComputedStyle(page);
  const [paper, ink, soft, rule] = ["--paper", "--ink", "--soft", "--rule"].map(name => style.getPropertyValue(name).trim());
  const axis = { color: soft, gridcolor: rule, linecolor: rule, zerolinecolor: rule };
  return {
    ...layout,
    font: { family: style.fontFamily, size: "paper" in page.dataset ? 9 : 12, color: ink },
    hoverlabel: { bgcolor: paper, bordercolor: soft, font: { color: ink }, align: "left" },
    xaxis: { ...thinned(layout.xaxis, width), ...axis, spikecolor: soft, spikethickness: 1 },
    yaxis: { ...layout.yaxis, ...axis },
    shapes: (layout.shapes || []).map(shape => ({ ...shape, line: { ...shape.line, color: soft } })),
  };
}

const page = document.documentElement;

function charts() {
  let text = document.getElementById("charts").textContent;
  if (!dark.matches || "paper" in page.dataset) return JSON.parse(text);
  const lifted = JSON.parse(document.getElementById("on-dark").textContent);
  for (const [one, other] of Object.entries(lifted)) text = text.replaceAll(`"${one}"`, `"${other}"`);
  return JSON.parse(text);
}

// On paper a width is given: the browser prints at once, and does not wait for a chart that looks for its size.
function thinner(trace) {
  const { line, marker } = trace;
  return { ...trace, ...(line && { line: { ...line, width: line.width * 0.6 } }), ...(marker?.size && { marker: { ...marker, size: marker.size * 0.7 } }) };
}

async function draw(fixed) {
  const drawn = charts(), waits = [];
  for (const place of document.querySelectorAll("[data-chart]")) {
    if (place.closest("[hidden]")) continue; // it has no size yet
    const { data, layout } = drawn[place.dataset.chart], width = fixed?.(place);
    const shown = { ...themed(layout, width ?? place.clientWidth), ...(width ? { width } : { autosize: true }) };
    const wait = Plotly.react(place, width ? data.map(thinner) : data, shown, { responsive: !width, displayModeBar: false });
    if (fixed) waits.push(wait); else await wait;
  }
  await Promise.all(waits);
  page.dataset.charts = "drawn";
}

async function start() {
  if (!document.querySelector("[data-chart]")) return;
  const script = document.createElement("script");
  script.textContent = await unpacked("plotly");
  document.head.append(script);
  await draw();
  dark.addEventListener("change", () => draw());
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

// A shade at the right edge of a frame says that there is more of its table; a line at the first column, that there was.
for (const frame of document.querySelectorAll(".frame")) {
  const inner = frame.firstElementChild;
  const look = () => {
    frame.toggleAttribute("data-less", inner.scrollLeft > 1);
    frame.toggleAttribute("data-more", inner.scrollLeft + inner.clientWidth < inner.scrollWidth - 1);
  };
  inner.addEventListener("scroll", look, { passive: true });
  const sizes = new ResizeObserver(look);
  sizes.observe(inner);
  sizes.observe(inner.firstElementChild);
}

// Columns that only a reader who asks for them sees; without script all are there.
for (const box of document.querySelectorAll("[data-columns]")) {
  const place = box.closest(".columns"), frame = place.nextElementSibling;
  const show = () => frame.toggleAttribute("data-fewer", !box.checked);
  place.hidden = false;
  box.addEventListener("change", show);
  show();
}

// Copies: a browser without the clipboard's own interface copies what is selected; one that cannot leaves it selected.
function selected(text) {
  const range = document.createRange();
  range.selectNodeContents(text);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.textContent);
    return true;
  } catch {
    selected(text);
    return document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const place = button.closest(".copies"), said = place.querySelector("[role=status]");
  place.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    const done = await copied(text);
    said.textContent = done ? "Copied." : "It is selected: press Ctrl+C (on a Mac ⌘C).";
    if (!done) { selected(text); text.scrollIntoView({ block: "center" }); }
  });
}

// On paper: light colours, charts as wide as the paper, and a table that is too wide as a block per row.
const PAPER = 690, GAP = 12, MOST_PRINTED = 50, MOST_BESIDE = 6;
let closed = [], fewer = [];

function printedWidth(place) {
  return place.closest(".charts").children.length > 1 ? (PAPER - GAP) / 2 : PAPER;
}

// A copy of a table of few rows with a column per row.
function transposed(table) {
  const lines = [table.tHead.rows[0], ...table.tBodies[0].rows], copy = document.createElement("table");
  copy.className = "plain transposed";
  copy.createTHead();
  copy.createTBody();
  [...lines[0].cells].forEach((heading, place) => {
    const row = (place ? copy.tBodies[0] : copy.tHead).insertRow();
    lines.forEach((line, number) => {
      const from = line.cells[place], cell = document.createElement(place && number ? "td" : "th");
      cell.append(...(number ? from.cloneNode(true).childNodes : [heading.textContent.trim()]));
      if (from.dataset.note) cell.append(document.createElement("br"), from.dataset.note);
      row.append(cell);
    });
  });
  return copy;
}

function fit(table) {
  [...table.tBodies[0].rows].forEach((row, place) => row.classList.toggle("unprinted", place >= MOST_PRINTED));
  if (table.scrollWidth <= PAPER) return;
  if (table.tBodies[0].rows.length <= MOST_BESIDE) {
    table.after(transposed(table));
    table.classList.add("unprinted");
    return;
  }
  const names = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
  table.classList.add("stacked");
  for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, place) => (cell.dataset.label = names[place]));
}

addEventListener("beforeprint", () => {
  page.dataset.paper = "";
  fewer = [...document.querySelectorAll("[data-fewer]")];
  fewer.forEach(frame => frame.removeAttribute("data-fewer"));
  closed = [...document.querySelectorAll("details[data-print]:not([open])")];
  closed.forEach(each => (each.open = true));
  document.querySelectorAll(".sortable").forEach(fit);
  if (page.dataset.charts === "drawn") draw(printedWidth);
});

addEventListener("afterprint", () => {
  delete page.dataset.paper;
  fewer.forEach(frame => frame.setAttribute("data-fewer", ""));
  closed.forEach(each => (each.open = false));
  document.querySelectorAll(".transposed").forEach(table => table.remove());
  document.querySelectorAll(".stacked, .unprinted").forEach(each => each.classList.remove("stacked", "unprinted"));
  if (page.dataset.charts === "drawn") draw();
});
start();
