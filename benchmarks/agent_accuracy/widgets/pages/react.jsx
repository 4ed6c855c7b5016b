import { Component, Suspense, lazy, useState } from "react";
import { createRoot } from "react-dom/client";
import { useForm } from "react-hook-form";
import { BrowserRouter, HashRouter, Link, Route, Routes, useNavigate } from "react-router-dom";

const Late = lazy(async () => {
  await api(200, 4200);
  return { default: () => <h2>Your orders</h2> };
});

function Panel() {
  const [n, count] = useState(0);
  const [text, say] = useState("");
  const [late, show] = useState(false);
  const [liked, like] = useState(false);
  const [boom, explode] = useState(false);
  const [agreed, agree] = useState(false);
  if (boom) throw new Error("cannot render");
  return (
    <section>
      <button id="plus" onClick={() => count(n + 1)}>+</button> <output>{n}</output>
      <button id="dead" onClick={() => navigator.sendBeacon("api/204", "x")}>Reserve</button>
      <button id="same" onClick={() => count(n)}>Apply</button>
      <button id="like" onClick={() => (like(!liked), api(200, 3800))}>{liked ? "♥" : "♡"}</button>
      <button id="throws" onClick={() => null.price}>Price</button>
      <button id="render" onClick={() => explode(true)}>Details</button>
      <button id="fails" onClick={async () => say((await api(500, 300)).ok ? "Saved" : "That went wrong")}>Save</button>
      <button id="slow" onClick={async () => (say("Loading"), await api(200, 4000), say("Here it is"))}>Load</button>
      <button id="quick" onClick={async () => (await api(200, 1400), say("Found"))}>Find</button>
      <button id="silent" onClick={async () => (await api(200, 4500), say("Found at last"))}>Search</button>
      <button id="lazy" onClick={() => show(true)}>Orders</button>
      <label><input id="agree" type="checkbox" checked={agreed} onChange={() => agree(!agreed)} /> Agree</label>
      <label><input id="stuck" type="checkbox" checked={false} onChange={() => {}} /> News</label>
      <p>{text}</p>
      {late && <Suspense fallback={<i>…</i>}><Late /></Suspense>}
    </section>
  );
}

function Address() {
  const { register, handleSubmit, setError, formState: { errors } } = useForm();
  const go = useNavigate();
  const send = async values => {
    const answer = await api(values.city === "Bonn" ? 200 : 422, 250);
    if (answer.ok) go("/thanks");
    else setError("city", { message: "We do not know this city" });
  };
  return (
    <form onSubmit={handleSubmit(send)}>
      <input id="name" {...register("name", { required: true })} aria-invalid={!!errors.name} />
      <input id="city" {...register("city", { required: true })} aria-invalid={!!errors.city} />
      <small>{errors.city && (errors.city.message || "Needed")}</small>
      <button id="send">Send</button>
    </form>
  );
}

const page = (title, more) => <main><h2>{title}</h2>{more}</main>;
const App = () => (
  <>
    <nav>
      <Link id="home" to="/start">Home</Link> <Link id="list" to="/list">List</Link> <Link id="form" to="/form">Form</Link>
    </nav>
    <Routes>
      <Route path="/start" element={page("Start", <Panel />)} />
      <Route path="/list" element={page("List", <><Link id="one" to="/one">One</Link> <Link id="two" to="/two">Two</Link></>)} />
      <Route path="/one" element={page("One", <p>Sold out</p>)} />
      <Route path="/two" element={page("Two", <p>Many words to read</p>)} />
      <Route path="/form" element={page("Form", <Address />)} />
      <Route path="/thanks" element={page("Thank you")} />
      <Route path="*" element={page("Home", <Panel />)} />
    </Routes>
  </>
);
const base = location.pathname.split("/").slice(0, 3).join("/");
createRoot($("root")).render(
  location.search === "?hash" ? <HashRouter><App /></HashRouter> : <BrowserRouter basename={base}><App /></BrowserRouter>,
);
