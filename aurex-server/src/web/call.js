// How the pages speak with the API: one call, its problem as sentences, and where to go when it wants somebody else.

const { workspace, base, form } = document.body.dataset;
const root = `/api/v1/workspaces/${encodeURIComponent(workspace)}/`;
const problem = document.querySelector("[data-problem]");

export function show(element, visible) {
  if (element !== null) {
    element.hidden = !visible;
  }
}

export function tell(text) {
  problem.textContent = text;
  show(problem, text !== "");
}

// The sentences of a problem: of each field, or of the whole.
export function sentences(answer) {
  const fields = (answer.errors ?? []).map((error) => error.detail ?? error.message ?? "");
  return fields.filter((text) => text !== "").join(". ") || answer.detail || answer.title || "Something failed.";
}

// What is answered: whether it went well, and the body. A form that a password manager sends at once waits until a person
// could have sent it.
export async function call(method, path, body) {
  const response = await fetch(root + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(method === "POST" && form ? { "Aurex-Form": form } : {}),
    },
    credentials: "same-origin",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = { ok: response.ok, body: await response.json().catch(() => ({})) };
  if (answer.body.code === "form.too_fast") {
    const seconds = Number(response.headers.get("Retry-After")) || 1;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return call(method, path, body);
  }
  return answer;
}

// A code of an authenticator is digits; whatever else somebody has, is a recovery code.
export function proof(text) {
  const typed = text.trim();
  return /^[0-9 ]{1,9}$/.test(typed) ? { code: typed } : { recovery_code: typed };
}

// A form or a button does nothing twice at once, and says what went wrong.
export function guarded(button, work) {
  tell("");
  button.disabled = true;
  return work()
    .catch(() => tell("The server cannot be reached at the moment."))
    .finally(() => {
      button.disabled = false;
    });
}

// A page of this workspace, by its word.
export function page(word) {
  return `${base}/${word}`;
}
