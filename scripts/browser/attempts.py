"""What a script in one shop's page tries at another shop, by name.

Each is the body of an async function in the attacker's page. It is given `api`, the address of the attacked shop's API,
`page`, a page of its, `mine`, the same path at the attacker's own origin, and `forged`, a customer that it would like to
record. What it answers is what it got to see.

`as_one` says what must come of it where both shops share one origin: a clean sheet elsewhere is then no accident of the
script. Without it nothing is expected there: an answer becomes no part of a page of the own origin either.
"""

from dataclasses import dataclass

HELPERS = """
const [api, page, mine, forged, base] = given;
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));
const seen = (it) => it instanceof Object ? JSON.stringify(it) : String(it);
const event = (thing, name, ms = 1500) => Promise.race([
  new Promise((wake) => thing.addEventListener(name, wake, {once: true})), pause(ms)]);
const put = async (tag, attributes, ms) => {
  const thing = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) thing.setAttribute(name, value);
  const loaded = Promise.race([event(thing, "load", ms), event(thing, "error", ms)]);
  document.body.append(thing);
  await loaded;
  return thing;
};
const inside = (frame) => {
  const found = [];
  for (const look of [() => frame.contentDocument.documentElement.outerHTML,
                      () => frame.contentWindow.document.documentElement.outerHTML,
                      () => frame.contentWindow.location.href]) {
    try { found.push(look()); } catch (error) { found.push(error.name); }
  }
  return found.join(" ");
};
const watch = async (opened) => {
  let found = opened === null ? "no window" : "";
  for (let n = 0; n < 12 && opened !== null; n += 1) {
    try { found += opened.document.documentElement.outerHTML; } catch (error) { found = error.name; }
    await pause(50);
  }
  return found;
};
const form = async (kind, fields, target) => {
  const made = document.createElement("form");
  Object.assign(made, {method: "POST", action: api + "/customers", enctype: kind, target});
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    Object.assign(field, {name, value});
    made.append(field);
  }
  document.body.append(made);
  made.submit();
  await pause(600);
};
"""


@dataclass(frozen=True)
class Attempt:
    """One way of trying."""

    name: str
    script: str
    as_one: str | None = None


READ, CHANGED = "read", "changed"

READING = [
    Attempt("a fetch with cookies", """
        return await (await fetch(api + "/customers", {credentials: "include"})).text();""", READ),
    Attempt("a fetch that asks for no permission", """
        return await (await fetch(api + "/customers", {credentials: "include", mode: "no-cors"})).text();""", READ),
    Attempt("an XMLHttpRequest with cookies", """
        const ask = new XMLHttpRequest(); ask.open("GET", api + "/customers"); ask.withCredentials = true;
        const over = event(ask, "loadend"); ask.send(); await over; return ask.responseText;""", READ),
    Attempt("a fetch from a worker", """
        const text = `fetch(${JSON.stringify(api)} + "/customers", {credentials: "include"})
          .then((it) => it.text(), String).then(postMessage)`;
        const worker = new Worker(URL.createObjectURL(new Blob([text])));
        const heard = await Promise.race([event(worker, "message"), event(worker, "error")]);
        return heard ? heard.data : "nothing";"""),
    Attempt("the other shop's path at the own origin", """
        return await (await fetch(mine + "/customers", {credentials: "include"})).text();""", READ),
    Attempt("the same, with headers that name the other host", """
        const host = new URL(api).host, path = new URL(api).pathname + "/customers"; let found = "";
        for (const headers of [{"X-Forwarded-Host": host}, {"X-Host": host}, {"Forwarded": `host=${host}`},
            {"X-Original-URL": path}, {"X-Rewrite-URL": path}, {"X-HTTP-Method-Override": "GET"}])
          found += await (await fetch(mine + "/customers", {credentials: "include", headers})).text();
        return found;""", READ),
    Attempt("the same, by a path with detours", """
        const own = mine.replace(/[^/]+$/, "acme"), other = mine.split("/").pop(); let found = "";
        for (const detour of [`/..%2f${other}`, `/%2e%2e/${other}`, `%2f..%2f${other}`, `/..;/${other}`, `//../${other}`])
          found += await (await fetch(own + detour + "/customers", {credentials: "include"})).text();
        return found;"""),
    Attempt("the other host with a dot at its end", """
        const dotted = new URL(api); dotted.hostname += ".";
        return await (await fetch(dotted + "/customers", {credentials: "include", mode: "no-cors"})).text();"""),
    Attempt("the other shop's answer in a frame", """
        return inside(await put("iframe", {src: api + "/customers"}));"""),
    Attempt("the other shop's page in a frame", """
        return inside(await put("iframe", {src: page}));"""),
    Attempt("the other shop's answer in a sandboxed frame", """
        return inside(await put("iframe", {src: api + "/customers", sandbox: "allow-scripts allow-same-origin"}));"""),
    Attempt("the other shop's answer in a window", """
        return await watch(window.open(api + "/customers"));"""),
    Attempt("the other shop's page in a window, and a script put into it", """
        const opened = window.open(page); const found = await watch(opened);
        try { opened.eval("1"); opened.location = "javascript:document.title='x'"; } catch (error) { return found + error.name; }
        return found;"""),
    Attempt("the other shop's answer as a script", """
        const before = Object.keys(window).length; let told = ""; window.onerror = (...all) => { told += all.map(seen); };
        await put("script", {src: api + "/customers"}); return told + (Object.keys(window).length - before);"""),
    Attempt("the other shop's answer as a module", """
        const text = `import it from "${api}/customers" with {type: "json"}; window.stolen = JSON.stringify(it);`;
        await put("script", {type: "module", src: URL.createObjectURL(new Blob([text], {type: "text/javascript"}))});
        return window.stolen;"""),
    Attempt("the other shop's answer as style, picture, object, embedding and sound", """
        await Promise.all([put("link", {rel: "stylesheet", href: api + "/customers"}), put("img", {src: api + "/customers"}),
          put("object", {data: api + "/customers"}), put("embed", {src: api + "/customers"}),
          put("video", {src: api + "/customers"})].map((it) => Promise.race([it, pause(800)])));
        const rules = [...document.styleSheets].flatMap((it) => { try { return [...it.cssRules]; } catch { return []; } });
        return rules.map((it) => it.cssText).join(" ")
          + [...document.querySelectorAll("object, embed")].map(inside).join(" ");"""),
    Attempt("a stream of events", """
        const stream = new EventSource(api + "/customers", {withCredentials: true});
        const heard = await Promise.race([event(stream, "message"), event(stream, "error")]); stream.close();
        return heard && heard.data;"""),
    Attempt("a web socket", """
        const socket = new WebSocket(api.replace(/^http/, "ws") + "/customers");
        const heard = await Promise.race([event(socket, "message"), event(socket, "error")]); socket.close();
        return heard && heard.data;"""),
    Attempt("what the other shop keeps in the browser", """
        const bases = await indexedDB.databases(); const kept = await caches.keys();
        return JSON.stringify([{...localStorage}, {...sessionStorage}, bases, kept, document.cookie]);""", READ),
    Attempt("listening where the other shop's pages talk to each other", """
        const channel = new BroadcastChannel("shop"); const heard = await event(channel, "message", 700);
        return heard && seen(heard.data);""", READ),
    Attempt("a lock and a shared worker by the other shop's names", """
        const held = await navigator.locks.query();
        return seen(held.held.map((it) => it.name));""", READ),
    Attempt("a service worker over everything", """
        const found = [];
        for (const [script, scope] of [["/assets/access.js", "/"], [page, "/"], [api + "/customers", "/"]])
          await navigator.serviceWorker.register(script, {scope}).then((it) => found.push("took " + it.scope), (it) => found.push(it.name));
        const over = (await navigator.serviceWorker.getRegistrations()).filter((it) => new URL(it.scope).pathname === "/");
        if (over.length > 0) throw new Error("took over");
        return found.join(" ");"""),
    Attempt("the parent's name as document.domain", """
        try { document.domain = base; } catch (error) { return error.name; }
        return inside(await put("iframe", {src: page}));"""),
]

CHANGING = [
    Attempt("a fetch of JSON", """
        return (await fetch(api + "/customers", {method: "POST", credentials: "include",
          headers: {"Content-Type": "application/json"}, body: JSON.stringify(forged)})).status;""", CHANGED),
    Attempt("a fetch that asks for no permission", """
        let found = "";
        for (const kind of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
          found += (await fetch(api + "/customers", {method: "POST", credentials: "include", mode: "no-cors",
            headers: kind === "" ? {} : {"Content-Type": kind}, body: new Blob([JSON.stringify(forged)])})).type;
        return found;"""),
    Attempt("a fetch at the own origin", """
        return (await fetch(mine + "/customers", {method: "POST", credentials: "include",
          headers: {"Content-Type": "application/json"}, body: JSON.stringify(forged)})).status;""", CHANGED),
    Attempt("a fetch that outlives the page", """
        fetch(api + "/customers", {method: "POST", credentials: "include", keepalive: true,
          headers: {"Content-Type": "application/json"}, body: JSON.stringify(forged)}).catch(() => {});
        await pause(500);""", CHANGED),
    Attempt("an XMLHttpRequest of JSON", """
        const ask = new XMLHttpRequest(); ask.open("POST", api + "/customers"); ask.withCredentials = true;
        ask.setRequestHeader("Content-Type", "application/json"); const over = event(ask, "loadend");
        ask.send(JSON.stringify(forged)); await over; return ask.status;""", CHANGED),
    Attempt("a beacon of JSON", """
        const sent = navigator.sendBeacon(api + "/customers", new Blob([JSON.stringify(forged)], {type: "application/json"}));
        await pause(500); return sent;""", CHANGED),
    Attempt("a beacon of text", """
        const sent = navigator.sendBeacon(api + "/customers", JSON.stringify(forged)); await pause(300); return sent;"""),
    Attempt("a form in a frame", """
        const frame = await put("iframe", {name: "into"}, 200);
        await form("application/x-www-form-urlencoded", forged, "into"); return inside(frame);"""),
    Attempt("a form of JSON as text, in a window", """
        const text = JSON.stringify({...forged, address: "x"}).slice(0, -1);
        await form("text/plain", {[text + ', "email": "']: '"}'}, "_blank");"""),
    Attempt("a form of parts, in this window's frame", """
        await put("iframe", {name: "parts"}, 200); await form("multipart/form-data", forged, "parts");"""),
    Attempt("signing the other shop out", """
        const outcomes = await Promise.allSettled([
          fetch(api + "/session", {method: "DELETE", credentials: "include"}),
          fetch(api + "/sessions", {method: "DELETE", credentials: "include", mode: "cors"}),
          fetch(mine + "/session", {method: "DELETE", credentials: "include"})]);
        return outcomes.map((it) => it.status).join(" ");""", CHANGED),
    Attempt("cookies by the other shop's names for the parent's", """
        const shop = mine.split("/").pop();
        for (const name of [`aurex-${shop}`, `__Host-aurex-${shop}`, `__Secure-aurex-${shop}`])
          for (const rest of [`Domain=${base}; Path=/`, `Domain=.${base}; Path=/api`, `Domain=${base}; Path=/; Secure`,
              `Domain=${new URL(api).hostname}; Path=/`, "Path=/; Secure", `Domain=${base}; Path=/api; Secure; Partitioned`])
            document.cookie = `${name}=0000000000000000000000000000000000000000000; ${rest}`;
        return document.cookie;"""),
]

# What the policy stops in the attacker's own page; each says whether it ran.
INLINE = [
    Attempt("a script written into the page", """
        const made = document.createElement("script"); made.textContent = "window.ran = true"; document.body.append(made);
        await pause(20); return window.ran === true;"""),
    Attempt("a handler in an attribute", """
        const made = document.createElement("b"); made.setAttribute("onclick", "window.handled = true");
        document.body.append(made); made.click(); return window.handled === true;"""),
    Attempt("a script from an address of data", """
        await put("script", {src: "data:text/javascript,window.carried=true"}, 300); return window.carried === true;"""),
    Attempt("an address that is a script", """
        const made = document.createElement("a"); made.href = "javascript:void(window.went = true)";
        document.body.append(made); made.click(); await pause(50); return window.went === true;"""),
    Attempt("text as a timer's code", """
        try { setTimeout("window.timed = true", 0); } catch { return false; } await pause(50); return window.timed === true;"""),
]
