import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

function Clock() {
  const [now, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick(t => t + 1), 250);
    return () => clearInterval(timer);
  }, []);
  return <time>{now}</time>;
}

function App() {
  const [n, count] = useState(0);
  const [todo, add] = useState([]);
  const [text, say] = useState("");
  return (
    <div>
      <Clock />
      <button id="plus" onClick={() => count(n + 1)}>+</button><output>{n}</output>
      <button id="dead" onClick={() => {}}>Book</button>
      <button id="throws" onClick={async () => { await later(200); throw new Error("no seats"); }}>Seats</button>
      <button id="slow" onClick={async () => (say("…"), await api(200, 4300), say("Two seats"))}>Look up</button>
      <form onSubmit={e => { e.preventDefault(); add([...todo, text]); say(""); }}>
        <input id="new" value={text} onInput={e => say(e.target.value)} />
      </form>
      <ul>{todo.map(one => <li>{one}</li>)}</ul><p>{text}</p>
    </div>
  );
}
render(<App />, $("root"));
