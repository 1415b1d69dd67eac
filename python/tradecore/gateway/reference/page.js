"use strict";

// Send what stands in a form, and show what comes back.
const token = document.querySelector("#token");

function target(form) {
  const query = new URLSearchParams();
  let path = form.dataset.path;
  for (const field of form.querySelectorAll("input[data-in]")) {
    if (field.dataset.in === "path") {
      path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    } else if (field.dataset.in === "query" && field.value) {
      query.set(field.name, field.value);
    }
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

function headers(form) {
  const named = {};
  if (token.value.trim()) named.Authorization = `Bearer ${token.value.trim()}`;
  for (const field of form.querySelectorAll('input[data-in="header"]')) {
    if (field.value) named[field.name] = field.value;
  }
  if (form.querySelector("textarea")) named["Content-Type"] = "application/json";
  return named;
}

function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(form) {
  const said = form.querySelector(".said");
  const body = form.querySelector("textarea");
  said.hidden = false;
  said.querySelector(".status").textContent = "…";
  said.querySelector("pre").textContent = "";
  try {
    const answer = await fetch(target(form), {
      method: form.dataset.verb,
      headers: headers(form),
      body: body && body.value ? body.value : undefined,
    });
    const text = await answer.text();
    said.querySelector(".status").textContent = `${answer.status} ${answer.statusText}`;
    said.querySelector("pre").textContent = readable(text);
    if (form.dataset.path.startsWith("/auth/") && answer.ok && text) {
      token.value = JSON.parse(text).access_token || token.value;
    }
  } catch (error) {
    said.querySelector(".status").textContent = String(error);
  }
}

for (const form of document.querySelectorAll("form[data-path]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
