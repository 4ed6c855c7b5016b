// What happens inside the shop's pages. One part per page; each does nothing where its elements are missing.

const SORRY = "Sorry, our shop is not answering just now. Please try again in a moment.";
const TOAST_MS = 4000;

const byId = (id) => document.getElementById(id);

/** POST to the shop. Never throws: an unreachable back end is an answer with `ok: false` and a message to show. */
async function post(path, fields = {}) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
    return { message: answer.ok ? "" : SORRY, ...(await answer.json()), ok: answer.ok };
  } catch {
    return { ok: false, message: SORRY };
  }
}

function showCount(count) {
  byId("cart-count").textContent = count;
  byId("cart-count").hidden = count === 0;
  document.querySelector(".cart-link").setAttribute("aria-label", `Cart, ${count} items`);
}

function toast(message, link) {
  const note = document.createElement("p");
  note.className = "toast";
  note.append(message, Object.assign(document.createElement("a"), link));
  byId("toasts").replaceChildren(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

/** An empty message takes the alert away. */
function alertIn(id, message) {
  byId(id).textContent = message;
  byId(id).hidden = !message;
}

/** Keeps a button from being pressed twice, and shows that it was pressed. */
async function whileBusy(button, work) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    await work();
  } finally {
    button.ariaBusy = null;
  }
}

// Search

byId("sort")?.addEventListener("change", (event) => {
  const results = byId("results");
  const cards = [...results.children];
  cards.forEach((card, place) => (card.dataset.shelf ??= place));
  const order = {
    shelf: (a, b) => a.dataset.shelf - b.dataset.shelf,
    price: (a, b) => a.dataset.price - b.dataset.price,
    name: (a, b) => a.dataset.name.localeCompare(b.dataset.name),
  };
  results.append(...cards.sort(order[event.target.value]));
});

// Product

byId("gallery")?.addEventListener("click", (event) => {
  const chosen = event.target.closest("button");
  if (!chosen) return;
  for (const shot of document.querySelectorAll(".shot")) shot.hidden = shot.dataset.view !== chosen.dataset.view;
  for (const thumb of document.querySelectorAll(".thumb")) thumb.ariaPressed = String(thumb === chosen);
});

function startProduct(form) {
  const show = () => {
    const colour = form.querySelector("[name=colour]:checked");
    byId("colour-name").textContent = colour.value;
    byId("price").textContent = form.querySelector("[name=size]:checked").dataset.price;
    for (const picture of byId("gallery").querySelectorAll(".picture")) picture.style.color = colour.dataset.paint;
  };
  form.addEventListener("change", show);
  show(); // the browser may have restored an earlier choice

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    whileBusy(event.submitter, async () => {
      alertIn("add-alert", "");
      const choice = Object.fromEntries(new FormData(form));
      const answer = await post("/api/cart", { product: form.dataset.product, ...choice });
      if (!answer.ok) return alertIn("add-alert", answer.message);
      showCount(answer.count);
      toast(answer.message, { href: "/cart", textContent: "View cart" });
    });
  });
}

// Cart

/** A step shows at once; the shop is told one quantity at a time, so quick steps become one request, not a queue. */
function startCart(lines) {
  const most = Number(lines.dataset.most);
  lines.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const line = button.closest("[data-line]");
    const shown = line.querySelector("output");
    const wanted = button.dataset.step === "remove" ? 0 : Number(shown.textContent) + Number(button.dataset.step);
    showQuantity(line, Math.min(Math.max(wanted, 0), most), most);
    whileBusy(line, async () => {
      let answer;
      do answer = await post(`/api/cart/${line.dataset.line}`, { quantity: shown.textContent });
      while (answer.ok && String(answer.quantity) !== shown.textContent);
      alertIn("cart-alert", answer.ok ? "" : answer.message);
      if (!answer.ok) return showQuantity(line, Number(line.dataset.quantity), most);
      if (answer.count === 0) return location.reload();
      showCount(answer.count);
      for (const sum of document.querySelectorAll(".sums [data-sum]")) sum.textContent = answer[sum.dataset.sum];
      line.dataset.quantity = answer.quantity;
      line.querySelector("[data-sum=line]").textContent = answer.line;
      if (answer.quantity === 0) {
        line.remove();
        byId("main").focus({ preventScroll: true });
      }
    });
  });
}

function showQuantity(line, quantity, most) {
  line.querySelector("output").textContent = quantity;
  line.querySelector("[data-step='1']").disabled = quantity >= most;
}

// Forms

/** Show what is wrong with each field and go to the first; says whether all is well. */
function showProblems(form, problems) {
  for (const field of form.querySelectorAll("input, textarea")) {
    const text = problems[field.name] ?? "";
    field.ariaInvalid = text ? "true" : null;
    alertIn(`${field.id}-problem`, text);
  }
  form.querySelector("[aria-invalid]")?.focus();
  return Object.keys(problems).length === 0;
}

function isCardNumber(digits) {
  const doubled = [...digits].reverse().map((digit, place) => Number(digit) * (1 + (place % 2)));
  return doubled.reduce((sum, number) => sum + Math.floor(number / 10) + (number % 10), 0) % 10 === 0;
}

/** The same rules as checkout.py. */
function checkoutProblems({ name, address, card }) {
  const problems = {};
  if (!name.trim()) problems.name = "Please enter your name.";
  if (address.trim().length < 8) problems.address = "Please enter your street, town and postcode.";
  const digits = card.replace(/[ -]/g, "");
  if (!/^\d{13,19}$/.test(digits)) problems.card = "Please enter the long number on the front of your card.";
  else if (!isCardNumber(digits)) problems.card = "This card number has a typing error. Please check it.";
  return problems;
}

function loginProblems({ email, password }) {
  const problems = {};
  if (!/^\S+@\S+$/.test(email.trim())) problems.email = "Please enter your e-mail address.";
  if (!password) problems.password = "Please enter your password.";
  return problems;
}

/** A form that checks its fields, posts them, and goes on to another page. */
function startForm(form, { path, next, problemsOf, alert }) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    alertIn(alert, "");
    if (!showProblems(form, problemsOf(fields))) return;
    whileBusy(event.submitter, async () => {
      const answer = await post(path, fields);
      if (answer.ok) return leaveFor(next);
      showProblems(form, answer.problems ?? {});
      alertIn(alert, answer.message);
    });
  });
}

/** Resolves only when the page is left, so that the button stays busy until the next page is there. */
function leaveFor(address) {
  location.assign(address);
  return new Promise((left) => addEventListener("pagehide", left, { once: true }));
}

function startCheckout(form) {
  // The demo's fault: a flag took Pay's handler away. No request, no message, nothing to see.
  if (form.dataset.pay === "off") {
    byId("pay").addEventListener("click", (event) => event.preventDefault());
    return;
  }
  startForm(form, { path: "/api/pay", next: "/thanks", problemsOf: checkoutProblems, alert: "pay-alert" });
}

function startLogout(button) {
  button.addEventListener("click", () =>
    whileBusy(button, async () => {
      const answer = await post("/api/logout");
      return answer.ok ? leaveFor("/account") : alertIn("logout-alert", answer.message);
    }),
  );
}

const STARTS = {
  add: startProduct,
  lines: startCart,
  checkout: startCheckout,
  logout: startLogout,
  login: (form) =>
    startForm(form, { path: "/api/login", next: "/account", problemsOf: loginProblems, alert: "login-alert" }),
};
for (const [id, start] of Object.entries(STARTS)) if (byId(id)) start(byId(id));

// A cart that comes back from the back cache may have been changed, or paid for, since.
addEventListener("pageshow", (event) => {
  if (event.persisted && (byId("lines") || byId("checkout"))) location.reload();
});
