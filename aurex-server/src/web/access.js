// What the pages of access do: send a form as JSON to the API, and show what came of it.
//
// The secret of a mail's link stands behind the "#". It is read once and taken out of the address bar, so that it is
// neither in the history nor in what somebody copies; it goes into the body of the request that a person asks for.

const call = `/api/v1/workspaces/${encodeURIComponent(document.body.dataset.workspace)}/`;
const token = location.hash.slice(1);
if (token !== "") {
  history.replaceState(null, "", location.pathname);
}

const problem = document.querySelector("[data-problem]");
const done = document.querySelector("[data-done]");

function show(element, visible) {
  if (element !== null) {
    element.hidden = !visible;
  }
}

function tell(text) {
  problem.textContent = text;
  show(problem, text !== "");
}

// The sentences of a problem: of each field, or of the whole.
function sentences(answer) {
  const fields = (answer.errors ?? []).map((error) => error.detail ?? error.message ?? "");
  return fields.filter((text) => text !== "").join(". ") || answer.detail || answer.title || "Something failed.";
}

async function send(form) {
  const body = Object.fromEntries(new FormData(form));
  if ("token" in form.dataset) {
    body.token = token;
  }
  const response = await fetch(call + form.dataset.call, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    credentials: "same-origin",
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    tell(sentences(await response.json().catch(() => ({}))));
    return;
  }
  form.reset();
  show(form, false);
  const next = document.querySelector(`[data-step="${form.dataset.then ?? "none"}"]`);
  show(next ?? done, true);
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
    tell("");
    const button = form.querySelector("button");
    button.disabled = true;
    send(form)
      .catch(() => tell("The server cannot be reached at the moment."))
      .finally(() => {
        button.disabled = false;
      });
  });
}
