// Makes passkeys and signs in by them. A form with data-passkey ("create" or "get") is shown where the browser can; its
// button asks the address in data-options what is to be signed, and the answer goes with the form.
"use strict";

function toBytes(text) {
  const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (octet) => String.fromCharCode(octet)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function withBytes(options) {
  const known = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));
  const changed = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) changed.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) changed.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) changed.allowCredentials = known(options.allowCredentials);
  return changed;
}

function answerOf(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
}

async function ask(form) {
  const asked = await fetch(form.dataset.options, { method: "POST", credentials: "same-origin" });
  if (!asked.ok) throw new Error(asked.statusText);
  const publicKey = withBytes(await asked.json());
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.passkey.value = answerOf(credential);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  // A browser signs for this address alone.
  if (!window.PublicKeyCredential || location.origin !== form.dataset.origin) continue;
  form.hidden = false;
  for (const note of document.querySelectorAll("[data-unless-passkey]")) note.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const failure = form.querySelector("[data-failure]");
    failure.hidden = true;
    ask(form).catch(() => {
      failure.textContent = failure.dataset.failure;
      failure.hidden = false;
    });
  });
}
