// Keeps what happens before the agent has loaded. Stands inline, first in the head.
(function (w, c, q, e) {
  w.__snagEarly = q;
  "error unhandledrejection securitypolicyviolation click".split(" ").forEach(function (t) {
    w.addEventListener(t, function (e) { q.push(e) }, !0);
  });
  e = c.error;
  c.error = function () { q.push(arguments); e.apply(c, arguments) };
})(window, console, []);
