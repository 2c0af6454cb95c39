// Passkeys: the server's options go to the browser, its answer goes back in the form. Without script the form is not shown.
"use strict";

(() => {
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=")),
    (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const opened = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const answer = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment ?? null,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  const create = ({ publicKey: given }) => navigator.credentials.create({ publicKey: {
    ...given,
    challenge: bytes(given.challenge),
    user: { ...given.user, id: bytes(given.user.id), displayName: given.user.displayName ?? given.user.name },
    excludeCredentials: opened(given.excludeCredentials),
    // a passkey proper: found without a name, and opened by finger, face or PIN
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  } });
  const get = ({ publicKey: given }) => navigator.credentials.get({ publicKey: {
    ...given, challenge: bytes(given.challenge), allowCredentials: opened(given.allowCredentials),
  } });

  const options = async (form) => {
    if (form.dataset.passkeyOptions) {
      const given = JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
      return given.creation_options ?? given.request_options;
    }
    const found = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!found.ok) throw new Error(found.statusText);
    return (await found.json()).request_options;
  };

  const start = async (form, fault) => {
    fault.hidden = true;
    try {
      const given = await options(form);
      form.elements.credential.value = answer(await (form.dataset.passkey === "create" ? create(given) : get(given)));
      form.submit();
    } catch (error) {
      fault.textContent = error.name === "SecurityError" ? fault.dataset.address : fault.dataset.refused;
      fault.hidden = false;
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    const fault = form.querySelector("[data-passkey-fault]");
    form.querySelector("[data-passkey-start]").addEventListener("click", () => start(form, fault));
    form.addEventListener("submit", (event) => { event.preventDefault(); start(form, fault); });
  }
})();
