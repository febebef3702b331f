"use strict";

const LEAST_CHARS = 12;
const ROLES = {
  admin: "an administrator: you set everything up",
  agent: "an agent: you work on the mail",
  viewer: "a viewer: you see everything and change nothing",
};

const part = (id) => document.getElementById(id);
const form = part("form");
let secret = "";
let invitation = null;

async function ask(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    credentials: "same-origin",
    cache: "no-store",
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) {
    throw new Error([told.detail, ...(told.errors ?? []).map((one) => one.message), told.hint].filter(Boolean).join(" "));
  }
  return told;
}

function reason(error) {
  // A TypeError is what fetch gives where no answer came at all.
  return error instanceof TypeError ? "Postroom cannot be reached now. Try again in a moment." : error.message;
}

function tell(title, text) {
  part("title").textContent = title;
  document.title = `${title} – Postroom`;
  part("told").textContent = text;
}

function showWrong(text, input) {
  for (const one of form.querySelectorAll("input")) {
    one.setAttribute("aria-invalid", String(one === input));
  }
  part("wrong").textContent = text;
  part("wrong").hidden = false;
  (input ?? part("wrong")).focus();
}

function mistake() {
  const password = part("password").value;
  if (!invitation.name && !/^[a-z0-9][a-z0-9._-]*$/i.test(part("name").value.trim())) {
    return ["The name needs small letters or digits, with dot, hyphen or underscore between them.", part("name")];
  }
  if ([...password].length < LEAST_CHARS) {
    return [`The password needs at least ${LEAST_CHARS} characters.`, part("password")];
  }
  if (password !== part("again").value) {
    return ["The two passwords are not the same.", part("again")];
  }
  return null;
}

async function onward() {
  const start = await fetch("/", { method: "HEAD", cache: "no-store" }).catch(() => null);
  part("onward").hidden = !start?.ok;
}

async function begin() {
  secret = location.hash.slice(1);
  if (!secret) {
    tell("The link is not complete", "Open the whole link that you were given, with everything behind the # sign.");
    return;
  }
  try {
    invitation = await ask("/api/v1/invitations/look", { secret });
  } catch (error) {
    tell("This link cannot be used", reason(error));
    return;
  }
  if (invitation.resets) {
    tell("Set a new password", `For ${invitation.name}. Everybody who was logged in as ${invitation.name} is logged out.`);
    part("display-row").hidden = true;
    part("send").textContent = "Set the new password";
  } else {
    tell("Welcome to Postroom", `You become ${ROLES[invitation.role] ?? "a user"}.`);
  }
  if (invitation.name) {
    // It stays in the form, as password managers look for it.
    part("name").value = invitation.name;
    part("name").readOnly = true;
    part("name-hint").textContent = "This name was chosen for you.";
  }
  form.hidden = false;
  (invitation.name ? part("password") : part("name")).focus();
}

async function send(event) {
  event.preventDefault();
  const button = part("send");
  if (button.getAttribute("aria-disabled") === "true") {
    return;
  }
  const found = mistake();
  if (found) {
    showWrong(...found);
    return;
  }
  part("wrong").hidden = true;
  button.setAttribute("aria-disabled", "true");
  try {
    const who = await ask("/api/v1/invitations/accept", {
      secret,
      password: part("password").value,
      name: invitation.name ? "" : part("name").value.trim(),
      display_name: invitation.resets ? "" : part("display").value.trim(),
    });
    history.replaceState(null, "", location.pathname);
    form.remove();
    tell("Your password is set", `You are logged in as ${who.user.name}. From now on log in with that name and your password; this link is used up.`);
    await onward();
  } catch (error) {
    showWrong(reason(error), null);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

form.addEventListener("submit", send);
addEventListener("hashchange", () => location.reload());
begin();
