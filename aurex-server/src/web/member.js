// What the pages of members do: show what the API answers, and ask for what somebody presses. Nothing is kept here: what
// is shown is gone with the page.

import { call, guarded, page, proof, sentences, show, tell } from "/assets/call.js";

const find = (selector) => document.querySelector(selector);

// What refuses a session for what it is, and where that is mended. Whoever comes back from there, comes back here.
const elsewhere = {
  "auth.required": "sign-in",
  "auth.second_factor_needed": "sign-in",
  "auth.password_first": "sign-in",
  "auth.second_factor_missing": "second-factor",
};

// A call as the page makes it: who is not signed in is sent to sign in, what asks a fresh proof is asked once more with
// one. Nothing is answered where it was refused.
async function ask(method, path, body) {
  let answer = await call(method, path, body);
  if (answer.body.code === "auth.step_up_needed" && (await proved())) {
    answer = await call(method, path, body);
  }
  if (answer.ok) {
    return answer.body;
  }
  const word = elsewhere[answer.body.code];
  if (word !== undefined && page(word) !== location.pathname) {
    location.assign(`${page(word)}?next=${encodeURIComponent(location.pathname)}`);
  }
  tell(sentences(answer.body));
  return null;
}

// Shows the form that proves once more who is there, and waits until it did.
async function proved() {
  const form = find("[data-step-up]");
  const factor = await call("GET", "second-factor");
  const by = factor.body.state === "active" ? "code" : "password";
  for (const label of form.querySelectorAll("[data-by]")) {
    show(label, label.dataset.by === by);
  }
  show(form, true);
  form.elements[by].focus();
  return new Promise((resolve) => {
    form.onsubmit = (event) => {
      event.preventDefault();
      guarded(form.querySelector("button"), async () => {
        const typed = form.elements[by].value;
        const answer = await call("POST", "session/step-up", by === "code" ? proof(typed) : { password: typed });
        form.reset();
        if (answer.ok) {
          show(form, false);
          resolve(true);
        } else {
          tell(sentences(answer.body));
        }
      });
    };
  });
}

function press(element, work) {
  element?.addEventListener("click", () => guarded(element, work));
}

function when(text) {
  return new Date(text).toLocaleString();
}

// Fills a list anew from its template, a row each.
function list(name, items, fill) {
  const rows = items.map((item) => {
    const row = find(`template[data-row="${name}"]`).content.cloneNode(true).firstElementChild;
    for (const field of row.querySelectorAll("[data-field]")) {
      const text = item[field.dataset.field] ?? "";
      field.textContent = field.tagName === "TIME" ? when(text) : text;
    }
    fill(row, item);
    return row;
  });
  find(`[data-list="${name}"]`).replaceChildren(...rows);
}

async function sessions() {
  const open = await ask("GET", "sessions");
  list("sessions", open?.items ?? [], (row, item) => {
    show(row.querySelector("[data-current]"), item.current);
    const end = row.querySelector("[data-end]");
    show(end, !item.current);
    press(end, async () => {
      await ask("DELETE", `sessions/${encodeURIComponent(item.id)}`);
      await sessions();
    });
  });
}

function account() {
  press(find("[data-end-others]"), async () => {
    await ask("DELETE", "sessions");
    await sessions();
  });
  const form = find('form[data-call="password"]');
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(form.querySelector("button"), async () => {
      if ((await ask("POST", "password", Object.fromEntries(new FormData(form)))) !== null) {
        form.reset();
        show(find("[data-done]"), true);
        await sessions();
      }
    });
  });
  return sessions();
}

function recoveryCodes(answer) {
  const rows = answer.recovery_codes.map((text) => {
    const row = document.createElement("li");
    row.append(Object.assign(document.createElement("code"), { textContent: text }));
    return row;
  });
  find('[data-list="codes"]').replaceChildren(...rows);
  show(find("[data-codes]"), true);
}

async function factor() {
  const stands = await ask("GET", "second-factor");
  for (const section of document.querySelectorAll("[data-state]")) {
    show(section, section.dataset.state === stands?.state);
  }
  if (stands?.state === "active") {
    find("[data-since]").textContent = when(stands.added_at);
    find("[data-left]").textContent = stands.recovery_codes_left;
  }
}

function secondFactor() {
  for (const button of document.querySelectorAll("[data-begin]")) {
    press(button, async () => {
      const offer = await ask("POST", "second-factor");
      if (offer !== null) {
        // An image of the server's own, without script and style: read as XML, so that it is nothing else.
        const image = new DOMParser().parseFromString(offer.qr_svg, "image/svg+xml").documentElement;
        find("[data-qr]").replaceChildren(document.importNode(image, true));
        find("[data-secret]").textContent = offer.secret;
        show(find("[data-offer]"), true);
        await factor();
      }
    });
  }
  const form = find("[data-confirm]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(form.querySelector("button"), async () => {
      const codes = await ask("POST", "second-factor/confirm", { code: form.elements.code.value.trim() });
      if (codes !== null) {
        form.reset();
        find("[data-qr]").replaceChildren();
        find("[data-secret]").textContent = "";
        recoveryCodes(codes);
        await factor();
      }
    });
  });
  press(find("[data-renew]"), async () => {
    const codes = await ask("POST", "second-factor/recovery-codes");
    if (codes !== null) {
      recoveryCodes(codes);
      await factor();
    }
  });
  press(find("[data-remove]"), async () => {
    await ask("DELETE", "second-factor");
    await factor();
  });
  return factor();
}

// What a member is called, for whoever may look; the id for others.
async function nameOf(id, session) {
  const found = session.permissions.includes("member.read") ? await call("GET", `members/${encodeURIComponent(id)}`) : {};
  return found.ok ? found.body.name : id;
}

async function approvals(session) {
  const me = session.member.id;
  const waiting = await ask("GET", "approvals?state=waiting&limit=200");
  const open = (waiting?.items ?? []).filter((item) => item.is_open);
  show(find("[data-nothing]"), open.length === 0);
  list("approvals", open, (row, item) => {
    const own = item.asked_by === me;
    const path = `approvals/${encodeURIComponent(item.id)}`;
    const reason = row.querySelector('[name="reason"]');
    const decide = (button, verb, body) =>
      press(button, async () => {
        await ask("POST", `${path}/${verb}`, body());
        await approvals(session);
      });
    const asker = row.querySelector("[data-asker]");
    asker.textContent = own ? "You asked for this" : `Asked for by ${item.asked_by}`;
    if (!own) {
      nameOf(item.asked_by, session).then((name) => {
        asker.textContent = `Asked for by ${name}`;
      });
    }
    row.querySelector("[data-command]").textContent = JSON.stringify(item.command, null, 2);
    // The digest is of what is shown here: nothing else is approved by it.
    decide(row.querySelector("[data-approve]"), "approve", () => ({
      digest: item.digest,
      ...(reason.value.trim() === "" ? {} : { reason: reason.value.trim() }),
    }));
    decide(row.querySelector("[data-refuse]"), "refuse", () => ({ reason: reason.value.trim() }));
    decide(row.querySelector("[data-withdraw]"), "withdraw", () => undefined);
    show(row.querySelector("[data-refuse]"), !own);
    show(row.querySelector("[data-withdraw]"), own);
  });
}

// What stands out in a week, a sentence each.
const unusual = {
  new_device: (one) => `signed in with a device not used before: ${one.device ?? "one that does not say what it is"}, first at ${when(one.first_at)}`,
  night_hours: (one) => `${one.count} changes between 22:00 and 06:00, the first at ${when(one.first_at)}`,
  taken_back: (one) => `took back ${one.count} documents; ${one.usual} in a week before`,
  given_away: (one) => `gave discounts in ${one.count} bills, more than twice as much as usual`,
  two_places: (one) => `was signed in in two places at once, noticed ${one.count} times`,
  failed_sign_ins: (one) => `${one.count} sign-ins failed; ${one.usual} in a week before`,
};

async function weeks(session) {
  const me = session.member.id;
  const past = (await ask("GET", "audit/digests"))?.items ?? [];
  show(find("[data-nothing]"), past.length === 0);
  list("weeks", past, (row, item) => {
    const path = `audit/digests/${encodeURIComponent(item.week)}`;
    const reviews = item.reviews.length;
    row.querySelector("[data-reviewed]").textContent = reviews === 0 ? "Nobody has reviewed it." : `Reviewed by ${reviews}.`;
    show(row.querySelector("[data-review]"), !item.reviews.some((review) => review.by === me));
    press(row.querySelector("[data-show]"), async () => {
      const digest = await ask("GET", path);
      if (digest !== null) {
        row.querySelector("[data-seen]").textContent =
          `${digest.entries} entries; ${digest.unusual.length} things stand out against the four weeks before.`;
        const lines = digest.unusual.map((one) => {
          const line = document.createElement("li");
          const who = one.name === undefined || one.name === null ? "" : `${one.name}: `;
          line.textContent = `${who}${unusual[one.code]?.(one) ?? one.code}`;
          return line;
        });
        row.querySelector("[data-unusual]").replaceChildren(...lines);
      }
    });
    press(row.querySelector("[data-review]"), async () => {
      await ask("POST", `${path}/review`);
      await weeks(session);
    });
  });
}

press(find("[data-sign-out]"), async () => {
  await ask("DELETE", "session");
  location.assign(page("sign-in"));
});

async function start() {
  const session = await ask("GET", "session");
  if (session === null) {
    return;
  }
  find("[data-who]").textContent = `${session.member.name}, ${session.member.role}`;
  if (session.next === "second_factor") {
    location.assign(`${page("sign-in")}?next=${encodeURIComponent(location.pathname)}`);
  } else if (session.next === "add_second_factor" && location.pathname !== page("second-factor")) {
    location.assign(page("second-factor"));
  } else if (find('[data-list="sessions"]') !== null) {
    await account();
  } else if (find("[data-state]") !== null) {
    await secondFactor();
  } else if (find('[data-list="weeks"]') !== null) {
    await weeks(session);
  } else {
    await approvals(session);
  }
}

start().catch(() => tell("The server cannot be reached at the moment."));
