"use strict";

const $ = id => document.getElementById(id);
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
const percent = share => share > 0 && share < 0.005 ? "<\u00a01\u00a0%" : `${Math.round(100 * share)}\u00a0%`;
const count = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;

let maxBodyBytes = 4 << 20;
let running = null; // what was asked last; older answers come too late

/** What went wrong, in words for people; the service's own are for programs. */
function describe(status, problem, what) {
  switch (status) {
    case 0: return "The service does not answer. It may have been stopped, or the connection is gone.";
    case 413: return `That picture is too large; ${Math.floor(maxBodyBytes / (1 << 20) * 10) / 10} MB are taken at the most.`;
    case 415: return "That file is no picture.";
    case 429: return "That was too much at once. Wait a second, and try again.";
    case 503: return problem.title === "The gallery cannot be opened" ? `${problem.title}: ${problem.detail}` : "Too many people are asking just now. Try again in a moment.";
    case 400: return what === "picture" ? "That picture cannot be read. Take another, as PNG, JPEG, WebP, GIF or BMP." : `That cannot be searched for: ${problem.detail || "it is not understood"}`;
    default: return `Something went wrong in the service${problem.requestId ? ` (request ${problem.requestId})` : ""}.`;
  }
}

async function ask(url, what, init) {
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(describe(0, {}, what));
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(describe(response.status, body, what));
  return body;
}

function fail(id, input, message) {
  $(id).textContent = message;
  input.toggleAttribute("aria-invalid", false);
  if (message) input.setAttribute("aria-invalid", "true");
}

function clear() {
  fail("search-error", $("q"), "");
  fail("picture-error", $("file"), "");
  $("status").textContent = "";
  $("results").hidden = true;
  for (const id of ["closed", "raw", "classes"]) $(id).replaceChildren();
  for (const id of ["closed-note", "raw-note"]) $(id).textContent = "";
}

function track(share) {
  const outer = make("div", "track"), inner = make("div");
  outer.setAttribute("aria-hidden", "true");
  inner.style.width = `${100 * share}%`;
  outer.append(inner);
  return outer;
}

function show(name, answer) {
  const images = answer.results.filter(hit => hit.kind === "image").length;
  $(name + "-note").textContent = answer.results.length === 0 ? "Nothing matches." : `${count(images, "image")}, ${count(answer.results.length - images, "text")}`;
  $(name).replaceChildren(...answer.results.map(hit => {
    const row = make("li");
    if (hit.image) {
      const image = make("img");
      image.src = hit.image;
      image.alt = "";
      row.append(image);
    } else {
      row.append(make("span", "kind", "text"));
    }
    const figures = make("span", "figures");
    if (typeof hit.probability === "number") {
      figures.append(make("strong", "", `${percent(hit.probability)} match`), track(hit.probability), make("small", "", `score ${hit.score.toFixed(2)}`));
    } else {
      figures.append(make("small", "", answer.closed ? `score ${hit.score.toFixed(2)}` : `cosine ${hit.score.toFixed(3)}`));
    }
    row.append(make("span", "text", hit.image ? `Picture: ${hit.text}` : hit.text), figures);
    return row;
  }));
  return images;
}

/** Asks both ways, shows both answers side by side, and says in a sentence what was found. */
async function search(label, what, createRequest) {
  running?.abort();
  const own = running = new AbortController();
  clear();
  $("results").hidden = false;
  $("results").setAttribute("aria-busy", "true");
  $("status").textContent = `Searching for ${label}…`;
  try {
    const least = $("sure").checked ? "&minimumProbability=0.5" : "";
    const [closed, raw] = await Promise.all(["" + least, "&closed=false"].map(more => {
      const { url, init } = createRequest(more);
      return ask(url, what, { ...init, signal: own.signal });
    }));
    const images = show("closed", closed);
    show("raw", raw);
    const best = closed.results[0];
    $("status").textContent = best === undefined
      ? `Nothing in the gallery probably matches ${label}.`
      : `Found for ${label}: ${count(images, "image")} and ${count(closed.results.length - images, "text")}${typeof best.probability === "number" ? `; the best matches with ${percent(best.probability)}` : ""}. As the encoder gives it: ${$("raw-note").textContent}.`;
    return true;
  } catch (error) {
    if (error.name === "AbortError") return false;
    clear();
    if (what === "picture") fail("picture-error", $("file"), error.message);
    else fail("search-error", $("q"), error.message);
    return false;
  } finally {
    if (running === own) $("results").removeAttribute("aria-busy");
  }
}

async function searchText() {
  const query = $("q").value.trim();
  if (query === "") {
    running?.abort();
    clear();
    fail("search-error", $("q"), "Type what you are looking for, such as one of the examples.");
    $("q").focus();
    return;
  }
  if (await search(`“${query}”`, "text", more => ({ url: `/search?k=10&q=${encodeURIComponent(query)}${more}` })))
    history.replaceState(null, "", "?q=" + encodeURIComponent(query));
}

/** The picture that was chosen, or null, with the reason beside the field. */
function takePicture() {
  const file = $("file").files[0];
  const problem = !file ? "Choose a picture first." : file.size > maxBodyBytes ? describe(413, {}) : file.type && !file.type.startsWith("image/") ? describe(415, {}) : "";
  if (problem === "") return { method: "POST", headers: { "content-type": file.type || "application/octet-stream" }, body: file };
  running?.abort();
  clear();
  fail("picture-error", $("file"), problem);
  $("file").focus();
  return null;
}

async function searchPicture() {
  const init = takePicture();
  if (init) await search("your picture", "picture", more => ({ url: `/search?k=10${more}`, init }));
}

async function classify() {
  const init = takePicture();
  if (!init) return;
  running?.abort();
  const own = running = new AbortController();
  clear();
  $("results").removeAttribute("aria-busy");
  $("status").textContent = "Looking at your picture…";
  try {
    const answer = await ask("/classify", "picture", { ...init, signal: own.signal });
    $("classes").replaceChildren(...answer.classes.slice(0, 8).map(entry => {
      const row = make("li");
      row.append(make("span", "", entry.class), track(entry.probability), make("span", "figures", percent(entry.probability)));
      return row;
    }));
    $("status").textContent = `Of these classes it is most likely ${answer.classes[0].class}, with ${percent(answer.classes[0].probability)}.`;
  } catch (error) {
    if (error.name === "AbortError") return;
    clear();
    fail("picture-error", $("file"), error.message);
  }
}

async function open() {
  let about;
  try {
    about = await ask("/about", "text");
  } catch (error) {
    $("about").textContent = "";
    $("about-error").textContent = error.message;
    return;
  }
  maxBodyBytes = about.maxBodyBytes;
  $("about").textContent = `${about.gallery}: ${about.items} images and texts.`;
  $("class-names").textContent = about.classes.length > 0 ? `It is told apart by: ${about.classes.join(", ")}.` : "";
  $("classify").hidden = about.classes.length === 0;
  $("samples").replaceChildren(...about.examples.map(text => {
    const button = make("button", "", text);
    button.type = "button";
    button.addEventListener("click", () => { $("q").value = text; searchText(); });
    return button;
  }));
  const query = new URLSearchParams(location.search).get("q") || about.examples[0];
  if (query) {
    $("q").value = query;
    searchText();
  }
}

$("search").addEventListener("submit", event => { event.preventDefault(); searchText(); });
$("sure").addEventListener("change", () => { if ($("q").value.trim() !== "") searchText(); });
$("by-picture").addEventListener("click", searchPicture);
$("classify").addEventListener("click", classify);
open();
