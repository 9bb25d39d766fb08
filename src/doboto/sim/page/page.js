"use strict";
// Everything that comes from the simulator becomes text, never markup: names, tags and paths are what a client sent.

const EVERY = 1000; // milliseconds between two polls
const TAGS = 12; // shown of one Droplet
const $ = (id) => document.getElementById(id);
const count = new Intl.NumberFormat("en");

let latest = null; // the last overview
let latestAt = 0; // when it came, on the browser's clock
let chosen = location.hash.slice(1) || null; // an account's label
let timer = null;
let polls = 0; // numbers the polls, so that an overtaken one is dropped

// -- talking to the simulator

async function send(method, path, content) {
  const url = `/_sim${path}`;
  const reply = await fetch(url, {
    method,
    cache: "no-store",
    headers: content ? { "content-type": "application/json" } : {},
    body: content && JSON.stringify(content),
  }).catch(() => {
    throw new Error("No answer");
  });
  const body = await reply.json().catch(() => null); // a proxy's page is none
  if (reply.ok && body !== null) return body;
  const status = [reply.status, reply.statusText].filter(Boolean).join(" ");
  const why = (body && body.message) || (reply.ok ? "the answer is no JSON" : "no reason was given");
  throw Object.assign(new Error(`${status}: ${why}`), { status });
}

async function poll() {
  clearTimeout(timer);
  const number = ++polls;
  const path = `/overview${chosen ? `?account=${encodeURIComponent(chosen)}` : ""}`;
  let failure = null;
  const overview = await send("GET", path).catch((error) => (failure = error) && null);
  if (number !== polls) return;
  if (!paused() && !document.hidden) timer = setTimeout(poll, EVERY);
  if (failure) return state("lost", `${failure.status || failure.message}, trying again`);
  [latest, latestAt] = [overview, performance.now()];
  chosen = overview.account;
  show(overview);
  showConsoles();
  state(paused() ? "paused" : "live", paused() ? "Paused" : "Live");
}

async function change(method, path, body) {
  $("problem").hidden = true;
  try {
    await send(method, path, body);
  } catch (error) {
    complain(`${method} /_sim${path}`, error);
  }
  poll();
}

function complain(what, error) {
  $("problem").textContent = `${what}: ${error.message}`;
  $("problem").hidden = false;
}

const paused = () => $("pause").getAttribute("aria-pressed") === "true";

function state(name, words) {
  $("live").dataset.state = name;
  text("live", words);
}

// -- making elements

function text(id, words) {
  // Untouched where nothing changes: a screen reader reads out what is written.
  if ($(id).textContent !== String(words)) $(id).textContent = words;
}

function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const cell = (...children) => make("td", { role: "cell" }, ...children);
const row = (...cells) => make("tr", { role: "row" }, ...cells);

// Long names and paths break after their own separators, if they must.
const soft = (words) => words.split(/(?<=[/.:_-])(?=\w)/).flatMap((part, at) => (at ? [make("wbr", {}), part] : [part]));

// Brings the children of a list in line with items: those that stay as they were keep their elements.
function list(id, items, key, render) {
  const parent = $(id), first = parent.entries === undefined || parent.account !== latest.account;
  const former = first ? new Map() : parent.entries, entries = new Map();
  for (const item of items) {
    const written = JSON.stringify(item), old = former.get(item[key]);
    if (old && old.written === written) entries.set(item[key], old);
    else {
      const element = render(item);
      if (!first) element.classList.add("fresh");
      entries.set(item[key], { element, written, item });
    }
  }
  const elements = [...entries.values()].map((entry) => entry.element), kept = new Set(elements);
  for (const element of [...parent.children]) if (!kept.has(element)) element.remove();
  elements.forEach((element, at) => {
    if (parent.children[at] !== element) parent.insertBefore(element, parent.children[at] || null);
  });
  Object.assign(parent, { entries, account: latest.account });
  $(`${id}-empty`).hidden = items.length > 0;
}

// -- words

const plural = (number, word) => `${count.format(number)} ${number === 1 ? word : `${word.replace(/([^aeiou])y$/, "$1ie")}s`}`;
const at = (moment) => new Date(moment * 1000).toISOString();

function lasting(seconds) {
  const steps = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const left = Math.max(0, Math.ceil(seconds)), from = steps.findIndex(([size]) => left >= size);
  if (from < 0) return "0 s";
  const [size, unit] = steps[from], rest = steps[from + 1];
  const more = rest ? Math.floor((left % size) / rest[0]) : 0;
  return `${Math.floor(left / size)} ${unit}${more ? ` ${more} ${rest[1]}` : ""}`;
}

const newest = (shown, total) => (total > shown ? `newest ${count.format(shown)} of ${count.format(total)}` : "");

// -- showing

function show(overview) {
  const droplets = overview.droplets || [], actions = overview.actions || [];
  const total = Object.values(overview.statuses || {}).reduce((sum, number) => sum + number, 0);
  showAccounts(overview);
  showRate(overview);
  text("droplets-total", count.format(total));
  text("statuses", Object.entries(overview.statuses || {}).sort().map(([status, number]) => `${count.format(number)}\u00a0${status}`).join("\u00a0· "));
  text("droplets-note", newest(droplets.length, total));
  text("actions-total", count.format(overview.actions_total || 0));
  text("actions-note", newest(actions.length, overview.actions_total || 0));
  text("requests-note", overview.requests.length < 100 ? "" : "newest 100");
  text("faults", `${plural(overview.faults, "fault rule")} in force: requests may fail on purpose.`);
  $("faults").hidden = !overview.faults;
  text("also", `Also in this account: ${(overview.also || []).map(([name, number]) => plural(number, name)).join(" · ")}`);
  $("also").hidden = !(overview.also || []).length;
  $("start").hidden = total > 0;
  list("droplets", droplets, "id", droplet);
  list("actions", actions, "id", action);
  list("requests", overview.requests, "number", request);
  list("resources", overview.resources || [], "key", resource);
  $("others").hidden = !(overview.resources || []).length;
  showClock(overview.clock);
  tick();
}

function showAccounts(overview) {
  const select = $("account"), names = overview.accounts.map((one) => one.account);
  $("chooser").hidden = !names.length;
  if (document.activeElement === select && names.includes(select.value)) return; // it may be open
  if (select.written !== names.join()) {
    select.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
    select.written = names.join();
  }
  overview.accounts.forEach((one, at) => {
    const words = `${one.account} · ${one.email} · ${plural(one.droplets, "Droplet")}`;
    if (select.options[at].textContent !== words) select.options[at].textContent = words;
  });
  select.value = overview.account;
  select.disabled = names.length < 2;
  select.title = newest(names.length, overview.accounts_total);
}

function showRate(overview) {
  const rate = overview.rate;
  text("remaining", rate ? count.format(rate.remaining) : overview.account ? "∞" : "–");
  text("rate", rate ? `of ${count.format(rate.limit)} an hour` : overview.account ? "no limit" : "");
  $("meter").hidden = !rate;
  if (rate) Object.assign($("meter"), { max: rate.limit, low: rate.limit / 10, high: rate.limit / 4, optimum: rate.limit, value: rate.remaining });
}

function showClock(clock) {
  const kinds = { manual: "moved by hand", instant: "everything at once", real: clock.speed === 1 ? "in real time" : `${clock.speed} × real time` };
  text("kind", kinds[clock.kind] || clock.kind);
  $("manual").hidden = clock.kind !== "manual";
  $("speeds").hidden = clock.kind !== "real";
  for (const button of document.querySelectorAll("[data-speed]")) button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === clock.speed));
}

function droplet(one) {
  const more = one.tags.length - TAGS;
  return row(
    cell(make("span", { class: "name" }, ...soft(one.name)), make("span", { class: "id" }, String(one.id)), ...machine(one)),
    cell(make("span", { class: "badge", "data-is": one.status }, one.status)),
    cell(make("span", { class: "mono size" }, one.size), make("span", { class: "kind" }, one.region)),
    cell(...one.addresses.map((its) => make("span", { class: "address mono" }, its.address, " ", make("span", { class: "kind" }, its.type)))),
    cell(...one.tags.slice(0, TAGS).map((tag) => make("span", { class: "tag" }, ...soft(tag))), ...(more > 0 ? [`+${more}`] : [])),
  );
}

// The container behind a Droplet, if there is one. Consoles that are open are read at every look.
const consoles = new Map(); // by the Droplet's id, the element with its lines

function machine({ id, name, machine: its }) {
  if (!its) return [];
  const facts = [its.container, its.ssh ? `ssh -p ${its.ssh.port} root@${its.ssh.host}` : "starting"];
  if (its.password) facts.push(`password of root, which the API would mail: ${its.password}`);
  if (!its.metadata) facts.push("no metadata service");
  const lines = make("pre", { tabindex: "0", "aria-label": `Console of ${name}` }, "Loading");
  const box = make("div", { class: "more" }, ...facts.map((fact) => make("p", { class: "kind" }, fact)), lines);
  const made = make("details", consoles.has(id) ? { open: "" } : {}, make("summary", { class: "kind" }, "machine"), box);
  if (made.open) consoles.set(id, lines);
  made.addEventListener("toggle", () => {
    if (made.open) consoles.set(id, lines);
    else consoles.delete(id);
    showConsoles();
  });
  return [made];
}

async function showConsoles() {
  if (!consoles.size) return;
  const found = await send("GET", `/machines?account=${encodeURIComponent(chosen)}`).catch(() => ({ machines: [] }));
  for (const { droplet_id: id, console: lines } of found.machines) {
    const words = lines.join("\n") || "Nothing yet.";
    if (consoles.has(id) && consoles.get(id).textContent !== words) consoles.get(id).textContent = words;
  }
}

function action(one) {
  const what = make("span", {}, make("b", {}, one.type.replaceAll("_", " ")), ` ${one.of.replaceAll("_", " ")} `, make("bdi", {}, ...soft(one.name)));
  const bar = make("progress", { max: 1, "aria-label": `${one.type} ${one.name}` });
  return make("li", {}, make("div", { class: "line" }, what, make("span", { class: "left" })), bar);
}

function request(one) {
  const status = one.status === null ? "none" : String(one.status);
  return row(
    cell(make("time", { datetime: one.time, title: one.time }, one.time.slice(11, 19))),
    cell(make("span", { class: "status", "data-is": one.status === null ? "none" : status[0], title: one.status === null ? "Connection dropped" : "" }, one.status === null ? "drop" : status)),
    cell(details(one), ...(one.account ? [] : [make("span", { class: "kind" }, "opened no account")])),
    cell(one.milliseconds < 10 ? one.milliseconds.toFixed(2) : count.format(Math.round(one.milliseconds))),
  );
}

// A request that says more where it is opened: why it was refused, what was sent, what was answered.
function details(one) {
  const target = one.query ? `${one.path}?${one.query}` : one.path;
  const summary = make("summary", {}, make("span", { class: "method" }, one.method), make("bdi", { class: "mono" }, ...soft(target)));
  const made = make("details", {}, summary);
  made.addEventListener("toggle", () => made.open && made.children.length === 1 && explain(made, one));
  return made;
}

async function explain(made, one) {
  $("problem").hidden = true;
  const box = make("div", { class: "more" }, "Loading");
  made.append(box);
  try {
    const { request: details } = await send("GET", `/requests/${one.number}`);
    const answer = details.response || {};
    const why = one.status === null ? "The connection was dropped before an answer." : one.status >= 400 ? [answer.id, answer.message].filter(Boolean).join(": ") || "No reason was given." : "";
    const parts = [["Sent", details.body], ["Answered", details.response]].filter(([, body]) => body !== null && body !== undefined);
    box.replaceChildren(
      ...(why ? [make("p", { class: "why" }, why)] : []),
      ...(details.request_id ? [make("p", { class: "kind" }, `request ${details.request_id}`)] : []),
      ...parts.flatMap(([name, body]) => [make("p", { class: "kind" }, name), make("pre", { tabindex: "0", "aria-label": name }, JSON.stringify(body, null, 2))]),
    );
  } catch (error) {
    box.remove(); // opening it once more asks again
    complain(`GET /_sim/requests/${one.number}`, error);
    made.open = false;
  }
}

function resource(one) {
  return make("li", {},
    make("div", { class: "line" },
      make("span", {}, make("b", {}, make("bdi", {}, ...soft(one.name))), " ", make("span", { class: "kind inline" }, one.kind)),
      ...(one.status ? [make("span", { class: "badge", "data-is": one.status }, one.status)] : []),
    ),
    make("p", { class: "facts" }, ...one.facts.flatMap((fact, at) => [...(at ? [" · "] : []), make("bdi", {}, ...soft(fact))])),
  );
}

// What moves between two polls: the clock, if it runs by itself, and what hangs on it.
function tick() {
  if (!latest) return;
  const { clock, next_due: due } = latest, runs = clock.speed && !paused();
  const now = clock.now + (runs ? ((performance.now() - latestAt) / 1000) * clock.speed : 0), moment = at(now);
  text("time", moment.slice(11, 19));
  $("time").dateTime = moment;
  text("date", `${moment.slice(0, 10)} UTC,`);
  const ahead = typeof due === "number";
  text("upcoming", ahead ? `next event in ${lasting(due - now)}` : "no event ahead");
  $("next").disabled = !ahead;
  text("next", ahead ? `Next event, in ${lasting(due - now)}` : "No event ahead");
  for (const { element, item } of ($("actions").entries || new Map()).values()) {
    const began = Date.parse(item.started_at) / 1000, bar = element.querySelector("progress");
    if (item.due === null) continue;
    bar.value = Math.min(Math.max((now - began) / Math.max(item.due - began, 1e-3), 0), 1);
    const left = element.querySelector(".left"), words = `${lasting(item.due - now)} left`;
    if (left.textContent !== words) left.textContent = words;
  }
}

// -- what people do

document.addEventListener("click", ({ target }) => {
  const { advance, speed } = target.dataset;
  if (advance) change("POST", "/clock/advance", { seconds: Number(advance) });
  if (speed) change("PUT", "/clock", { speed: Number(speed) });
});
$("next").addEventListener("click", () => change("POST", "/clock/advance", { seconds: Math.max(latest.next_due - latest.clock.now, 0) + 0.001 }));
$("pause").addEventListener("click", () => {
  $("pause").setAttribute("aria-pressed", String(!paused()));
  poll();
});
$("account").addEventListener("change", () => {
  chosen = $("account").value;
  history.replaceState(null, "", `#${chosen}`);
  poll();
});
addEventListener("hashchange", () => {
  chosen = location.hash.slice(1) || chosen;
  poll();
});
document.addEventListener("visibilitychange", () => document.hidden || paused() || poll());

$("hello").textContent = `curl -X POST ${location.origin}/v2/droplets \\
  -H "Authorization: Bearer any-text" -H "Content-Type: application/json" \\
  -d '{"name": "web-01", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}'`;
setInterval(tick, 250);
poll();
