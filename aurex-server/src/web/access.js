// What the pages before a sign-in do: send a form as JSON to the API, and show what came of it.
//
// The secret of a mail's link stands behind the "#". It is read once and taken out of the address bar, so that it is
// neither in the history nor in what somebody copies; it goes into the body of the request that a person asks for.

import { call, guarded, page, proof, sentences, show, tell } from "/assets/call.js";

const token = location.hash.slice(1);
if (token !== "") {
  history.replaceState(null, "", location.pathname + location.search);
}

const done = document.querySelector("[data-done]");

// Where a session that has just been opened goes on: the server has looked at data-next.
async function goOn(answer) {
  const next = "next" in answer ? answer.next : (await call("GET", "session")).body.next;
  const step = document.querySelector(`[data-step="${next}"]`);
  if (step !== null) {
    show(step, true);
  } else {
    location.assign(next === "add_second_factor" ? page("second-factor") : document.body.dataset.next);
  }
}

async function send(form) {
  let body = Object.fromEntries(new FormData(form));
  if ("proof" in body) {
    body = proof(body.proof);
  }
  if ("token" in form.dataset) {
    body.token = token;
  }
  const answer = await call("POST", form.dataset.call, body);
  if (!answer.ok) {
    tell(sentences(answer.body));
    return;
  }
  form.reset();
  show(form, false);
  for (const element of document.querySelectorAll("[data-before]")) {
    show(element, false);
  }
  if (form.dataset.then === "in") {
    await goOn(answer.body);
  } else {
    show(document.querySelector(`[data-step="${form.dataset.then ?? "none"}"]`) ?? done, true);
  }
}

for (const form of document.querySelectorAll("form[data-call]")) {
  if ("unlessToken" in form.dataset) {
    show(form, token === "");
  } else if ("token" in form.dataset) {
    show(form, token !== "");
    if (token === "" && document.querySelector("[data-unless-token]") === null) {
      tell("The link in the address is incomplete. Open it from the mail once more.");
    }
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(form.querySelector("button"), () => send(form));
  });
}
